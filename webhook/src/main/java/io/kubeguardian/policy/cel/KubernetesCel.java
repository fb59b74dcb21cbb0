package io.kubeguardian.policy.cel;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import java.util.Collection;
import java.util.List;

/**
 * CEL as Kubernetes' ValidatingAdmissionPolicy has it: its variables, its libraries, and bounds on what an expression may
 * cost. Objects are untyped here: a field that does not exist is an error when it is read, not when it is compiled.
 *
 * <p>Variables: {@code object}, {@code oldObject}, {@code request}, {@code namespaceObject}, {@code params},
 * {@code variables}; and, where the object makes pods, {@code pod} (the pod's specification), {@code template} (what
 * holds it and the pod's metadata) and {@code container} (each container in turn).
 */
public final class KubernetesCel {
    /** Longest expression, characters: more than any policy that a person reads. */
    private static final int MOST_CHARACTERS = 10_000;
    /** Most steps of all loops in one evaluation: a policy must not hold up admission. */
    private static final int MOST_ITERATIONS = 100_000;

    private static final CelOptions OPTIONS = CelOptions.current()
            .maxExpressionCodePointSize(MOST_CHARACTERS)
            .comprehensionMaxIterations(MOST_ITERATIONS)
            .maxParseRecursionDepth(64)
            .maxRegexProgramSize(10_000)
            .enableHeterogeneousNumericComparisons(true)
            .build();

    private final Cel cel;

    public KubernetesCel() {
        this(List.of("object", "oldObject", "request", "namespaceObject", "params", "pod", "template", "container", "value"));
    }

    /** With these variables, and {@code variables}: for {@code self} and {@code oldSelf} of a CustomResourceDefinition. */
    public KubernetesCel(List<String> names) {
        List<FunctionLibrary> own = List.of(KubernetesFunctions.lists(), KubernetesFunctions.regex(),
                KubernetesFunctions.urls(), KubernetesFunctions.quantities(), KubernetesFunctions.addresses());
        var builder = CelFactory.plannerCelBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addCompilerLibraries(CelExtensions.strings(), CelExtensions.sets(OPTIONS), CelExtensions.optional(),
                        CelExtensions.bindings(), CelExtensions.comprehensions())
                .addRuntimeLibraries(CelExtensions.strings(), CelExtensions.sets(OPTIONS), CelExtensions.optional(),
                        CelExtensions.comprehensions());
        for (FunctionLibrary library : own) {
            builder.addCompilerLibraries(library).addRuntimeLibraries(library);
        }
        for (String variable : names) {
            builder.addVar(variable, SimpleType.DYN);
        }
        builder.addVar("variables", MapType.create(SimpleType.STRING, SimpleType.DYN));
        cel = builder.build();
    }

    /**
     * @param wanted the type that it must give
     * @throws ExpressionException with line, column and cause when it is wrong
     */
    private Expression compile(String text, CelType wanted) throws ExpressionException {
        try {
            CelValidationResult parsed = cel.compile(text);
            if (parsed.hasError()) {
                throw new ExpressionException(describe(parsed.getErrors()));
            }
            CelAbstractSyntaxTree tree = parsed.getAst();
            CelType type = tree.getResultType();
            if (!type.equals(SimpleType.DYN) && !wanted.equals(SimpleType.DYN) && !type.equals(wanted)) {
                throw new ExpressionException("gives " + type.name() + ", must give " + wanted.name());
            }
            return new Expression(text, cel.createProgram(tree));
        } catch (CelValidationException | CelEvaluationException e) {
            throw new ExpressionException(e.getMessage(), e);
        }
    }

    /** An expression that gives true or false. */
    public Expression condition(String text) throws ExpressionException {
        return compile(text, SimpleType.BOOL);
    }

    /** An expression that gives a text. */
    public Expression text(String text) throws ExpressionException {
        return compile(text, SimpleType.STRING);
    }

    /** An expression that may give anything. */
    public Expression value(String text) throws ExpressionException {
        return compile(text, SimpleType.DYN);
    }

    private static String describe(Collection<CelIssue> issues) {
        CelIssue first = issues.iterator().next();
        String where = first.getSourceLocation().getLine() < 1 ? ""
                : "line " + first.getSourceLocation().getLine() + ", column "
                        + (first.getSourceLocation().getColumn() + 1) + ": ";
        return where + first.getMessage().lines().findFirst().orElse("not CEL")
                + (issues.size() > 1 ? " (and " + (issues.size() - 1) + " more)" : "");
    }
}
