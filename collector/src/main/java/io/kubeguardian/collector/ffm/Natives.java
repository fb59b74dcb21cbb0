package io.kubeguardian.collector.ffm;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** What the classes of this package share: how a function is found, how errno is kept. */
final class Natives {
    static final String FLAG = "start the JVM with --enable-native-access=ALL-UNNAMED";

    /** Makes a call keep errno in a segment that comes first among its arguments. */
    static final Linker.Option KEEP_ERRNO = Linker.Option.captureCallState("errno");

    static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private Natives() {}

    static MethodHandle function(
            SymbolLookup library, String name, FunctionDescriptor type, Linker.Option... options) {
        MemorySegment address = library.find(name)
                .orElseThrow(() -> new NativeException("function " + name + " is not in the library: it is too old", null));
        try {
            return Linker.nativeLinker().downcallHandle(address, type, options);
        } catch (IllegalCallerException e) {
            throw new NativeException("native access is off: " + FLAG, e);
        }
    }

    static int errno(MemorySegment callState) {
        return (int) ERRNO.get(callState, 0L);
    }

    /** A native call declares Throwable but throws nothing of its own. */
    static AssertionError unexpected(Throwable e) {
        return new AssertionError("native call", e);
    }
}
