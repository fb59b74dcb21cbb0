package io.kubeguardian.policy.cel;

import dev.cel.checker.CelCheckerBuilder;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerLibrary;
import dev.cel.parser.CelParserBuilder;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelFunctionOverload;
import dev.cel.runtime.CelRuntimeBuilder;
import dev.cel.runtime.CelRuntimeLibrary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Functions added to CEL: each overload is declared and bound in one place, so that the two cannot differ. */
final class FunctionLibrary implements CelCompilerLibrary, CelRuntimeLibrary {
    private final Map<String, List<CelOverloadDecl>> declarations = new LinkedHashMap<>();
    private final Map<String, List<CelFunctionBinding>> bindings = new LinkedHashMap<>();

    /** {@code f(a, b)}. */
    FunctionLibrary global(String name, String id, CelType result, List<CelType> arguments, CelFunctionOverload body) {
        return add(name, CelOverloadDecl.newGlobalOverload(id, result, arguments), arguments, body);
    }

    /** {@code a.f(b)}; the receiver comes first. */
    FunctionLibrary member(String name, String id, CelType result, List<CelType> arguments, CelFunctionOverload body) {
        return add(name, CelOverloadDecl.newMemberOverload(id, result, arguments), arguments, body);
    }

    private FunctionLibrary add(
            String name, CelOverloadDecl declaration, List<CelType> arguments, CelFunctionOverload body) {
        declarations.computeIfAbsent(name, key -> new ArrayList<>()).add(declaration);
        List<Class<?>> classes = arguments.stream().<Class<?>>map(FunctionLibrary::javaClass).toList();
        bindings.computeIfAbsent(name, key -> new ArrayList<>())
                .add(CelFunctionBinding.from(declaration.overloadId(), classes, body));
        return this;
    }

    /** How CEL's runtime for Java holds a value of a type. */
    private static Class<?> javaClass(CelType type) {
        if (type.equals(SimpleType.STRING)) {
            return String.class;
        }
        if (type.equals(SimpleType.INT)) {
            return Long.class;
        }
        return switch (type.kind()) {
            case LIST -> List.class;
            case OPAQUE -> Arrays.stream(KubernetesType.values()).filter(own -> own.cel().equals(type)).findFirst()
                    .orElseThrow().javaClass();
            default -> Object.class;
        };
    }

    @Override
    public void setParserOptions(CelParserBuilder parser) {
        // No macros.
    }

    @Override
    public void setCheckerOptions(CelCheckerBuilder checker) {
        declarations.forEach((name, overloads) ->
                checker.addFunctionDeclarations(CelFunctionDecl.newFunctionDeclaration(name, overloads)));
    }

    @Override
    public void setRuntimeOptions(CelRuntimeBuilder runtime) {
        bindings.forEach((name, overloads) ->
                runtime.addFunctionBindings(CelFunctionBinding.fromOverloads(name, overloads)));
    }
}
