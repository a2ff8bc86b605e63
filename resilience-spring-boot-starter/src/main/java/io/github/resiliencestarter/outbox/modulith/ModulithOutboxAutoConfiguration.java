package io.github.resiliencestarter.outbox.modulith;

import io.github.resiliencestarter.guard.InvalidGuardException;
import io.github.resiliencestarter.outbox.Outbox;
import io.github.resiliencestarter.outbox.OutboxAutoConfiguration;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.modulith.events.EventExternalizationConfiguration;
import org.springframework.modulith.events.ExternalizationMode;
import org.springframework.modulith.events.config.EventExternalizationAutoConfiguration;
import org.springframework.modulith.events.support.EventExternalizationTransport;
import org.springframework.modulith.events.support.OutboxEventExternalizer;

/**
 * Externalizes Spring Modulith's events through the outbox, where the application has
 * chosen {@code spring.modulith.events.externalization.mode=outbox}.
 */
@AutoConfiguration(after = { OutboxAutoConfiguration.class, EventExternalizationAutoConfiguration.class })
@ConditionalOnClass({ EventExternalizationTransport.class, OutboxEventExternalizer.class })
@ConditionalOnProperty(name = ExternalizationMode.PROPERTY, havingValue = "outbox")
@ConditionalOnBean({ Outbox.class, EventExternalizationConfiguration.class })
public final class ModulithOutboxAutoConfiguration {

	@Bean
	ExternalizedEventRecorder outboxEventRecorder(EventExternalizationConfiguration configuration,
			BeanFactory beanFactory, Outbox outbox, JsonMapper json) {
		StandardEvaluationContext context = new StandardEvaluationContext();
		context.setBeanResolver(new BeanFactoryResolver(beanFactory));
		return new ExternalizedEventRecorder(configuration, context, outbox, json);
	}

	@Bean
	ExternalizedEventHandler outboxEventHandler(EventExternalizationConfiguration configuration,
			ApplicationEventPublisher publisher, ObjectProvider<EventExternalizationTransport> transports,
			JsonMapper json) {
		EventExternalizationTransport transport = transports.getIfUnique(() -> {
			throw new InvalidGuardException(
					ExternalizationMode.PROPERTY
							+ "=outbox needs exactly one EventExternalizationTransport, and there are "
							+ transports.stream().count() + ".",
					"Add one of Spring Modulith's transports, such as spring-modulith-events-kafka, or a bean of that type; "
							+ "of several, make one @Primary.");
		});
		return new ExternalizedEventHandler(new OutboxEventExternalizer(configuration, publisher, transport), json);
	}

}
