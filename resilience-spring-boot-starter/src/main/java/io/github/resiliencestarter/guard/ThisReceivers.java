package io.github.resiliencestarter.guard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.springframework.asm.Handle;
import org.springframework.asm.Label;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;

/**
 * Follows where {@code this} lies on the operand stack of a method, and reports the
 * methods that are called on it or bound to it.
 * <p>
 * The stack is a list of slots that are {@code this} or not, two slots for a
 * {@code long}. Most instructions only change its depth; those that could pass
 * {@code this} on, or hide it, are treated one by one. At a label that only jumps reach,
 * the stack is the one of the jump.
 */
final class ThisReceivers extends MethodVisitor {

	/** Change of depth by opcode, from NOP to DCMPG: {@code E} is none, {@code F} +1. */
	private static final String DEPTH = "EFFFFFFFFGGFFFGGEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEDEDEDDDDEEEEEEEEEEEEEEEEEEEEEEEEEBABABBBBD"
			+ "CEEEEEEEDCDCDCDCDCDCDCDCDCDCEEEEDDDDDDDCDCDCEFEFDDEEFFDEDEEEBDDBB";

	private final Consumer<String> calledOnThis;

	private final Map<Label, List<Boolean>> atJump = new HashMap<>();

	private List<Boolean> stack = new ArrayList<>();

	private boolean reachable = true;

	/**
	 * Create the visitor.
	 * @param calledOnThis is given name and descriptor of each method called on
	 * {@code this}
	 */
	ThisReceivers(Consumer<String> calledOnThis) {
		super(SpringAsmInfo.ASM_VERSION);
		this.calledOnThis = calledOnThis;
	}

	@Override
	public void visitInsn(int opcode) {
		switch (opcode) {
			case Opcodes.DUP -> duplicate(1, 0);
			case Opcodes.DUP_X1 -> duplicate(1, 1);
			case Opcodes.DUP_X2 -> duplicate(1, 2);
			case Opcodes.DUP2 -> duplicate(2, 0);
			case Opcodes.DUP2_X1 -> duplicate(2, 1);
			case Opcodes.DUP2_X2 -> duplicate(2, 2);
			case Opcodes.SWAP -> {
				boolean top = pop();
				boolean below = pop();
				push(top);
				push(below);
			}
			case Opcodes.ARRAYLENGTH -> {
				pop();
				push(false);
			}
			case Opcodes.MONITORENTER, Opcodes.MONITOREXIT -> pop();
			case Opcodes.IRETURN, Opcodes.LRETURN, Opcodes.FRETURN, Opcodes.DRETURN, Opcodes.ARETURN, Opcodes.RETURN,
					Opcodes.ATHROW ->
				this.reachable = false;
			default -> change(DEPTH.charAt(opcode) - 'E');
		}
	}

	@Override
	public void visitVarInsn(int opcode, int variable) {
		switch (opcode) {
			case Opcodes.ALOAD -> push(variable == 0);
			case Opcodes.ILOAD, Opcodes.FLOAD -> change(1);
			case Opcodes.LLOAD, Opcodes.DLOAD -> change(2);
			case Opcodes.LSTORE, Opcodes.DSTORE -> change(-2);
			default -> change(-1);
		}
	}

	@Override
	public void visitIntInsn(int opcode, int operand) {
		if (opcode != Opcodes.NEWARRAY) {
			push(false);
		}
	}

	@Override
	public void visitTypeInsn(int opcode, String type) {
		switch (opcode) {
			case Opcodes.NEW -> push(false);
			case Opcodes.INSTANCEOF -> {
				pop();
				push(false);
			}
			default -> {
				// a cast of this is still this
			}
		}
	}

	@Override
	public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
		int size = Type.getType(descriptor).getSize();
		switch (opcode) {
			case Opcodes.GETSTATIC -> change(size);
			case Opcodes.PUTSTATIC -> change(-size);
			case Opcodes.GETFIELD -> {
				pop();
				change(size);
			}
			default -> change(-size - 1);
		}
	}

	@Override
	public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
		popArguments(descriptor);
		if (opcode != Opcodes.INVOKESTATIC && pop() && opcode != Opcodes.INVOKESPECIAL) {
			this.calledOnThis.accept(name + descriptor);
		}
		change(Type.getReturnType(descriptor).getSize());
	}

	@Override
	public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
		boolean bindsThis = popArguments(descriptor);
		for (Object argument : arguments) {
			if (bindsThis && argument instanceof Handle handle && handle.getTag() != Opcodes.H_INVOKESTATIC) {
				this.calledOnThis.accept(handle.getName() + handle.getDesc());
			}
		}
		change(Type.getReturnType(descriptor).getSize());
	}

	@Override
	public void visitLdcInsn(Object value) {
		change((value instanceof Long || value instanceof Double) ? 2 : 1);
	}

	@Override
	public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
		change(1 - dimensions);
	}

	@Override
	public void visitJumpInsn(int opcode, Label label) {
		switch (opcode) {
			case Opcodes.GOTO -> {
				// the depth stays
			}
			case Opcodes.IFEQ, Opcodes.IFNE, Opcodes.IFLT, Opcodes.IFGE, Opcodes.IFGT, Opcodes.IFLE, Opcodes.IFNULL,
					Opcodes.IFNONNULL ->
				change(-1);
			default -> change(-2);
		}
		jump(label);
		this.reachable = this.reachable && opcode != Opcodes.GOTO;
	}

	@Override
	public void visitTableSwitchInsn(int min, int max, Label otherwise, Label... labels) {
		visitSwitch(otherwise, labels);
	}

	@Override
	public void visitLookupSwitchInsn(Label otherwise, int[] keys, Label[] labels) {
		visitSwitch(otherwise, labels);
	}

	private void visitSwitch(Label otherwise, Label[] labels) {
		pop();
		jump(otherwise);
		for (Label label : labels) {
			jump(label);
		}
		this.reachable = false;
	}

	@Override
	public void visitTryCatchBlock(Label start, Label end, Label handler, String type) {
		this.atJump.put(handler, List.of(false));
	}

	@Override
	public void visitLabel(Label label) {
		List<Boolean> jumped = this.atJump.get(label);
		if (!this.reachable) {
			this.stack = (jumped != null) ? new ArrayList<>(jumped) : new ArrayList<>();
			this.reachable = true;
		}
	}

	private void jump(Label label) {
		this.atJump.putIfAbsent(label, List.copyOf(this.stack));
	}

	private boolean popArguments(String descriptor) {
		boolean first = false;
		for (int slot = (Type.getArgumentsAndReturnSizes(descriptor) >> 2) - 1; slot > 0; slot--) {
			first = pop();
		}
		return first;
	}

	private void duplicate(int slots, int below) {
		int top = this.stack.size();
		if (top >= slots + below) {
			this.stack.addAll(top - slots - below, List.copyOf(this.stack.subList(top - slots, top)));
		}
	}

	private void change(int slots) {
		for (int count = slots; count > 0; count--) {
			push(false);
		}
		for (int count = slots; count < 0; count++) {
			pop();
		}
	}

	private void push(boolean isThis) {
		this.stack.add(isThis);
	}

	private boolean pop() {
		return !this.stack.isEmpty() && this.stack.remove(this.stack.size() - 1);
	}

}
