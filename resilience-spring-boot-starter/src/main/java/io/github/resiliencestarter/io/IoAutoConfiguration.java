package io.github.resiliencestarter.io;

import com.zaxxer.hikari.HikariDataSource;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.annotation.RegisterReflection;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.web.client.RestClient;

/**
 * Time-outs for clients that have none, and the audit that finds those that still have
 * none.
 */
@AutoConfiguration(afterName = "org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration")
@ConditionalOnBooleanProperty(name = "resilience.enabled", matchIfMissing = true)
@EnableConfigurationProperties(IoProperties.class)
public final class IoAutoConfiguration {

	@Bean
	IoAudit ioAudit(ObjectProvider<IoProbe> probes, IoProperties properties) {
		return new IoAudit(probes::orderedStream, properties.audit());
	}

	/**
	 * Bind early: post-processors exist before any bean of properties does.
	 */
	private static IoProperties properties(Environment environment) {
		return Binder.get(environment).bindOrCreate("resilience.io", IoProperties.class);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HikariDataSource.class, DataSourceUnwrapper.class })
	static class Databases {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		@ConditionalOnBooleanProperty(name = "resilience.io.enabled", matchIfMissing = true)
		static HikariTimeouts hikariTimeouts(Environment environment) {
			return new HikariTimeouts(properties(environment));
		}

		@Bean
		@Order(1)
		HikariProbe hikariProbe(ListableBeanFactory beans) {
			return new HikariProbe(beans);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HttpClientSettings.class)
	@ConditionalOnBean(HttpClientSettings.class)
	static class HttpClients {

		@Bean
		@Order(2)
		HttpClientProbe httpClientProbe(HttpClientSettings settings) {
			return new HttpClientProbe(settings);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(RestClient.class)
	@RegisterReflection(classes = { JdkClientHttpRequestFactory.class, SimpleClientHttpRequestFactory.class },
			classNames = "org.springframework.web.client.DefaultRestClient",
			memberCategories = MemberCategory.ACCESS_DECLARED_FIELDS)
	static class RestClients {

		@Bean
		@Order(3)
		RestClientProbe restClientProbe(ListableBeanFactory beans) {
			return new RestClientProbe(beans);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JavaMailSenderImpl.class)
	static class Mail {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		@ConditionalOnBooleanProperty(name = "resilience.io.enabled", matchIfMissing = true)
		static MailTimeouts mailTimeouts(Environment environment) {
			return new MailTimeouts(properties(environment));
		}

		@Bean
		@Order(4)
		MailProbe mailProbe(ListableBeanFactory beans) {
			return new MailProbe(beans);
		}

	}

}
