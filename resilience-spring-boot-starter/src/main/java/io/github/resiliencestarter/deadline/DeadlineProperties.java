package io.github.resiliencestarter.deadline;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Deadlines.
 *
 * @param enabled whether guarded methods refuse to run when nothing is left of their
 * caller's time, and whether HTTP requests carry what is left
 */
@ConfigurationProperties("resilience.deadline")
public record DeadlineProperties(@DefaultValue("true") boolean enabled) {

}
