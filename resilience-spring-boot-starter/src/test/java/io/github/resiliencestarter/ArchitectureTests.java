package io.github.resiliencestarter;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The arrows of the architecture, and the conventions of auto-configurations.
 */
@AnalyzeClasses(packages = ArchitectureTests.BASE, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	static final String BASE = "io.github.resiliencestarter";

	private static final String[] FEATURES = { "circuitbreaker", "throttle", "timeout", "retry", "fallback", "deadline",
			"idempotency", "outbox" };

	private static final String[] OUTSIDE = { BASE + ".actuate..", BASE + ".web..", BASE + ".io.." };

	@ArchTest
	static final ArchRule noCyclesBetweenPackages = SlicesRuleDefinition.slices()
		.matching(BASE + ".(**)")
		.should()
		.beFreeOfCycles();

	@ArchTest
	static final ArchRule theChainKnowsNoFeature = noClasses().that()
		.resideInAnyPackage(BASE + ".guard..", BASE + ".jdbc..")
		.should()
		.dependOnClassesThat(resideInAFeature())
		.orShould()
		.dependOnClassesThat()
		.resideInAnyPackage(OUTSIDE);

	@ArchTest
	static final ArchRule featuresDoNotKnowTheirReaders = noClasses().that(resideInAFeature())
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage(OUTSIDE);

	@ArchTest
	static final ArchRule bootIsKnownOnlyAtTheEdge = noClasses().that()
		.resideOutsideOfPackages(OUTSIDE)
		.and(DescribedPredicate.not(nested("AutoConfiguration", "Properties", "FailureAnalyzer")))
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.springframework.boot..");

	@ArchTest
	static final ArchRule autoConfigurationsAreFinalAndShowNothing = classes().that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.bePublic()
		.andShould()
		.haveModifier(JavaModifier.FINAL)
		.andShould()
		.haveSimpleNameEndingWith("AutoConfiguration")
		.andShould(haveNoPublicMembers());

	@ArchTest
	static final ArchRule beanMethodsAreNotPublic = methods().that()
		.areAnnotatedWith(Bean.class)
		.should()
		.notBePublic();

	@ArchTest
	static final ArchRule durationsAreMeasuredOnTheMonotonicClock = noClasses().should()
		.callMethod(System.class, "currentTimeMillis");

	@Test
	void featuresDoNotKnowEachOther() {
		JavaClasses all = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
			.importPackages(BASE);
		for (String feature : FEATURES) {
			for (String other : FEATURES) {
				if (!feature.equals(other)) {
					// the one arrow that the contract itself draws
					boolean exceptionOnly = feature.equals("deadline") && other.equals("timeout");
					noClasses().that()
						.resideInAPackage(BASE + "." + feature + "..")
						.and(DescribedPredicate.not(exceptionOnly
								? JavaClass.Predicates.assignableTo(Throwable.class)
									.or(JavaClass.Predicates.simpleNameEndingWith("Guard"))
								: DescribedPredicate.alwaysFalse()))
						.should()
						.dependOnClassesThat()
						.resideInAPackage(BASE + "." + other + "..")
						.allowEmptyShould(true)
						.check(all);
				}
			}
		}
	}

	@Test
	void everyPackageIsNullMarked() {
		new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
			.importPackages(BASE)
			.forEach((type) -> assertThat(type.getPackage().isAnnotatedWith(NullMarked.class))
				.as("package of " + type.getName() + " is @NullMarked")
				.isTrue());
	}

	private static DescribedPredicate<JavaClass> resideInAFeature() {
		String[] packages = new String[FEATURES.length];
		for (int index = 0; index < FEATURES.length; index++) {
			packages[index] = BASE + "." + FEATURES[index] + "..";
		}
		return JavaClass.Predicates.resideInAnyPackage(packages);
	}

	private static DescribedPredicate<JavaClass> nested(String... suffixes) {
		return DescribedPredicate.describe("named " + String.join(", ", suffixes), (type) -> {
			JavaClass outermost = type;
			while (outermost.getEnclosingClass().isPresent()) {
				outermost = outermost.getEnclosingClass().get();
			}
			for (String suffix : suffixes) {
				if (outermost.getSimpleName().endsWith(suffix)) {
					return true;
				}
			}
			return false;
		});
	}

	private static ArchCondition<JavaClass> haveNoPublicMembers() {
		return new ArchCondition<>("have no public members") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				for (JavaMethod method : type.getMethods()) {
					if (method.getModifiers().contains(JavaModifier.PUBLIC)) {
						events.add(SimpleConditionEvent.violated(method, method.getDescription() + " is public"));
					}
				}
			}

		};
	}

}
