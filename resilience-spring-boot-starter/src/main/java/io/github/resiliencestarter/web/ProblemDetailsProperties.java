package io.github.resiliencestarter.web;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Answers to requests that a guard refused.
 *
 * @param enabled whether exceptions of guards that leave a controller become problem
 * details (RFC 9457)
 */
@ConfigurationProperties("resilience.problem-details")
record ProblemDetailsProperties(@DefaultValue("true") boolean enabled) {

}
