package io.github.resiliencestarter.fallback;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Fallbacks.
 *
 * @param enabled whether fallback methods answer for failures
 */
@ConfigurationProperties("resilience.fallback")
public record FallbackProperties(@DefaultValue("true") boolean enabled) {

}
