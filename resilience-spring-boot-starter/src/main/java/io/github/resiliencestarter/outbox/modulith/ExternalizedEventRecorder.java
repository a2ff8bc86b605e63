package io.github.resiliencestarter.outbox.modulith;

import io.github.resiliencestarter.outbox.Outbox;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.expression.EvaluationContext;
import org.springframework.modulith.events.EventExternalizationConfiguration;
import org.springframework.modulith.events.core.ConditionalEventListener;
import org.springframework.modulith.events.support.BrokerRouting;

/**
 * Publishes events that are to be externalized to the outbox, in the transaction that
 * publishes them. The routing key is the ordering key.
 */
final class ExternalizedEventRecorder
		implements ApplicationListener<PayloadApplicationEvent<?>>, ConditionalEventListener {

	private final EventExternalizationConfiguration configuration;

	private final EvaluationContext evaluationContext;

	private final Outbox outbox;

	private final JsonMapper json;

	ExternalizedEventRecorder(EventExternalizationConfiguration configuration, EvaluationContext evaluationContext,
			Outbox outbox, JsonMapper json) {
		this.configuration = configuration;
		this.evaluationContext = evaluationContext;
		this.outbox = outbox;
		this.json = json;
	}

	@Override
	public boolean supports(Object event) {
		return this.configuration.supports(event);
	}

	@Override
	public void onApplicationEvent(PayloadApplicationEvent<?> application) {
		Object event = application.getPayload();
		if (!supports(event)) {
			return;
		}
		Outbox.Draft draft = this.outbox
			.message(new ExternalizedEvent(event.getClass().getName(), this.json.valueToTree(event)));
		String key = BrokerRouting.of(this.configuration.determineTarget(event), this.evaluationContext).getKey(event);
		if (key != null) {
			draft.key(key);
		}
		draft.publish();
	}

}
