package io.github.resiliencestarter.sample.web;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.stereotype.Component;

/**
 * Says where to look once the service is up.
 */
@Component
class AddressInLog implements ApplicationListener<WebServerInitializedEvent> {

	private static final Log logger = LogFactory.getLog(AddressInLog.class);

	@Override
	public void onApplicationEvent(WebServerInitializedEvent event) {
		logger.info("Open http://localhost:" + event.getWebServer().getPort() + "/");
	}

}
