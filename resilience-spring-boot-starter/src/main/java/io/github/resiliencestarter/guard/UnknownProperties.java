package io.github.resiliencestarter.guard;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Finds properties of instances, and of the defaults beside them, that set what no guard
 * of their kind has. Binding passes them over, so the guard would run without what was
 * meant. As in Spring Boot's own check of this kind, the properties of the system and the
 * variables of its environment are left out: their names are not spelt reliably.
 */
final class UnknownProperties {

	private final List<IterableConfigurationPropertySource> sources;

	UnknownProperties(ConfigurableEnvironment environment) {
		UnboundElementsSourceFilter filter = new UnboundElementsSourceFilter();
		this.sources = StreamSupport
			.stream(ConfigurationPropertySources.from(environment.getPropertySources()).spliterator(), false)
			.filter(filter::apply)
			.filter(IterableConfigurationPropertySource.class::isInstance)
			.map(IterableConfigurationPropertySource.class::cast)
			.toList();
	}

	void forEach(ConfiguredInstances instances, Consumer<InvalidGuardException> report) {
		ConfigurationPropertyName prefix = ConfigurationPropertyName.of(instances.prefix());
		ConfigurationPropertyName defaults = prefix.getParent().append("defaults");
		Map<String, String> known = new TreeMap<>();
		Arrays.stream(instances.settings().getRecordComponents())
			.map(RecordComponent::getName)
			.map(DataObjectPropertyName::toDashedForm)
			.forEach((name) -> known.put(ConfigurationPropertyName.of(name).getElement(0, Form.UNIFORM), name));
		this.sources.stream().flatMap(IterableConfigurationPropertySource::stream).distinct().forEach((name) -> {
			int element = prefix.isAncestorOf(name) ? prefix.getNumberOfElements() + 1
					: defaults.isAncestorOf(name) ? defaults.getNumberOfElements() : name.getNumberOfElements();
			if (element < name.getNumberOfElements() && !known.containsKey(name.getElement(element, Form.UNIFORM))) {
				report.accept(unknown(name, name.getElement(element, Form.ORIGINAL), known));
			}
		});
	}

	private static InvalidGuardException unknown(ConfigurationPropertyName name, String setting,
			Map<String, String> known) {
		return new InvalidGuardException(
				"The property " + name + " sets '" + setting + "', which is none of " + known.values() + ".",
				NearestName.of(setting, known.values()).map((nearest) -> "Did you mean '" + nearest + "'? ").orElse("")
						+ "A name with a dot is written in brackets, as in instances[OrderService.place].");
	}

}
