package io.github.resiliencestarter.guard;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What holds for all guards.
 *
 * @param enabled whether the starter does anything at all
 * @param failOnUnknownNames whether properties of an instance that no guard has, or of a
 * setting that there is none of, stop the start-up; otherwise they are logged as warnings
 * @param selfInvocation what becomes of a class that calls a guarded method of its own on
 * {@code this}, which passes the proxy by
 */
@ConfigurationProperties("resilience")
public record GuardProperties(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean failOnUnknownNames,
		@DefaultValue("fail") SelfInvocationPolicy selfInvocation) {

}
