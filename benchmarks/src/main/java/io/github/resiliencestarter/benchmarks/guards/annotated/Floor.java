package io.github.resiliencestarter.benchmarks.guards.annotated;

import java.lang.reflect.Method;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;

/**
 * What any annotation on a Spring bean costs at least: a CGLIB proxy with an advisor for
 * one method whose interceptor does nothing.
 */
@State(Scope.Benchmark)
public class Floor {

	private Prices prices = new Prices();

	@Setup
	public void start() {
		ProxyFactory factory = new ProxyFactory(this.prices);
		factory.setProxyTargetClass(true);
		factory.setPreFiltered(true);
		factory.addAdvisor(new EmptyAdvisor());
		this.prices = (Prices) factory.getProxy();
	}

	@Benchmark
	public String empty() {
		return this.prices.empty("book-42");
	}

	static class Prices {

		String empty(String sku) {
			return sku;
		}

	}

	private static final class EmptyAdvisor extends StaticMethodMatcherPointcutAdvisor {

		private static final long serialVersionUID = 1L;

		EmptyAdvisor() {
			super((MethodInterceptor) MethodInvocation::proceed);
		}

		@Override
		public boolean matches(Method method, Class<?> targetClass) {
			return method.getName().equals("empty");
		}

	}

}
