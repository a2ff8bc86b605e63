package io.github.resiliencestarter.sample.simulator;

import java.io.IOException;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Closes the TCP connection in place of sending a reply that is to be dropped. A servlet
 * cannot do this: it always answers something.
 */
@Component
class ReplyDroppingValve extends ValveBase implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

	private static final String DROP = ReplyDroppingValve.class.getName();

	ReplyDroppingValve() {
		super(true);
	}

	static void dropReplyTo(HttpServletRequest request) {
		request.setAttribute(DROP, true);
	}

	@Override
	public void customize(TomcatServletWebServerFactory factory) {
		factory.addEngineValves(this);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		getNext().invoke(request, response);
		if (request.getAttribute(DROP) != null) {
			request.getCoyoteRequest().action(ActionCode.CLOSE_NOW, null);
		}
	}

}
