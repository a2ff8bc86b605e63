package io.github.resiliencestarter.sample.downstream;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * Where the payment provider and the price service are: at {@code DOWNSTREAM_BASE_URL},
 * or simulated by this very process.
 */
@Component
public class Downstream {

	private final String baseUrl;

	private final Environment environment;

	Downstream(@Value("${downstream.base-url:}") String baseUrl, Environment environment) {
		this.baseUrl = StringUtils.trimTrailingCharacter(baseUrl.strip(), '/');
		this.environment = environment;
	}

	/**
	 * Return the address of a downstream resource.
	 * @param path the path, beginning with a slash
	 * @return the address
	 */
	public String url(String path) {
		return (this.baseUrl.isEmpty() ? thisProcess() : this.baseUrl) + path;
	}

	private String thisProcess() {
		return "http://localhost:" + this.environment.getRequiredProperty("local.server.port");
	}

}
