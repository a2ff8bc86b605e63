package io.github.resiliencestarter.io;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Gives HTTP clients time-outs by a last property source: whatever the application says
 * wins, and {@code /actuator/env} shows where the values come from.
 */
final class IoDefaultsEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	static final String NAME = "resilience I/O defaults";

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		IoProperties properties = Binder.get(environment).bindOrCreate("resilience.io", IoProperties.class);
		if (properties.enabled() && environment.getProperty("resilience.enabled", boolean.class, true)) {
			Map<String, Object> defaults = new LinkedHashMap<>();
			defaults.put("spring.http.clients.connect-timeout", properties.connectTimeout());
			defaults.put("spring.http.clients.read-timeout", properties.readTimeout());
			// SpringApplication moves the application's own default properties behind
			// ours
			defaults.keySet().removeIf(environment::containsProperty);
			environment.getPropertySources().addLast(new MapPropertySource(NAME, defaults));
		}
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
