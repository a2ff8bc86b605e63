package io.github.resiliencestarter.guard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;
import org.springframework.util.ClassUtils;

/**
 * Finds calls that a class makes to its own guarded methods on {@code this}: they pass
 * the proxy by, and so the guards. Reads the byte code of the class and its superclasses.
 */
final class SelfInvocations {

	private final Map<String, Method> guarded;

	private final Map<Method, Set<String>> callers = new LinkedHashMap<>();

	private SelfInvocations(Collection<Method> guarded) {
		this.guarded = guarded.stream()
			.collect(Collectors.toMap((method) -> method.getName() + Type.getMethodDescriptor(method),
					(method) -> method, (one, other) -> one));
	}

	/**
	 * Find the calls.
	 * @param type the class
	 * @param guarded its guarded methods
	 * @return the names of the calling methods by the method that is called
	 */
	static Map<Method, Set<String>> in(Class<?> type, Collection<Method> guarded) {
		SelfInvocations invocations = new SelfInvocations(guarded);
		for (Class<?> read = type; isOurs(read); read = read.getSuperclass()) {
			invocations.read(read);
		}
		return invocations.callers;
	}

	private static boolean isOurs(@Nullable Class<?> type) {
		return type != null && !type.isInterface() && !type.getName().startsWith("java.")
				&& !type.getName().startsWith("org.springframework.");
	}

	private void read(Class<?> type) {
		try (InputStream classFile = type.getResourceAsStream(ClassUtils.getClassFileName(type))) {
			// a class made at run time has no file, and no source that anybody could mend
			if (classFile != null) {
				new ClassReader(classFile).accept(new Visitor(), ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void called(String caller, String signature) {
		Method callee = this.guarded.get(signature);
		if (callee != null && !signature.startsWith(caller + "(")) {
			this.callers.computeIfAbsent(callee, (first) -> new TreeSet<>()).add(caller);
		}
	}

	private final class Visitor extends ClassVisitor {

		Visitor() {
			super(SpringAsmInfo.ASM_VERSION);
		}

		@Override
		public @Nullable MethodVisitor visitMethod(int access, String name, String descriptor,
				@Nullable String signature, String @Nullable [] exceptions) {
			boolean hasNoThis = (access & (Opcodes.ACC_STATIC | Opcodes.ACC_BRIDGE)) != 0;
			return hasNoThis ? null : new ThisReceivers((called) -> called(sourceName(name), called));
		}

		private static String sourceName(String name) {
			// a lambda's body is lambda$place$0
			String[] parts = name.split("\\$");
			return (name.startsWith("lambda$") && parts.length == 3) ? parts[1] : name;
		}

	}

}
