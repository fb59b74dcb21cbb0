package io.kubeguardian.rules.compile;

import io.kubeguardian.config.Nearest;
import io.kubeguardian.rules.syntax.Expression;
import io.kubeguardian.rules.syntax.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The macros and lists that conditions may name. Lists are flat: lists within lists were expanded before. */
public final class Definitions {
    /** A compiled macro, with the fields in it that nothing provides. */
    record Compiled(Condition condition, Set<String> unsourced) {}

    private final Map<String, Expression> macros;
    private final Map<String, List<String>> lists;
    private final Map<String, Compiled> compiled = new HashMap<>();
    private final List<String> underWay = new ArrayList<>();

    public Definitions(Map<String, Expression> macros, Map<String, List<String>> lists) {
        this.macros = Map.copyOf(macros);
        this.lists = Map.copyOf(lists);
    }

    public static Definitions none() {
        return new Definitions(Map.of(), Map.of());
    }

    /** Null when there is no such list. */
    List<String> list(String name) {
        return lists.get(name);
    }

    /** Compiles a macro once, whoever names it. */
    Condition macro(String name, Place at, Set<String> unsourced) {
        Compiled known = compiled.get(name);
        if (known == null) {
            Expression expression = macros.get(name);
            if (expression == null) {
                throw new CompileException(CompileException.Kind.ERROR, at,
                        "unknown macro " + name + Nearest.hint(name, macros.keySet()));
            }
            if (underWay.contains(name)) {
                throw new CompileException(CompileException.Kind.ERROR, at, "macro " + name + " contains itself: "
                        + String.join(" → ", underWay.subList(underWay.indexOf(name), underWay.size())) + " → " + name);
            }
            if (underWay.size() >= ConditionCompiler.MAX_MACRO_DEPTH) {
                throw new CompileException(CompileException.Kind.ERROR, at,
                        "macros within macros deeper than " + ConditionCompiler.MAX_MACRO_DEPTH);
            }
            underWay.add(name);
            try {
                Set<String> own = new LinkedHashSet<>();
                known = new Compiled(new ConditionCompiler(this, own).compile(expression), own);
            } finally {
                underWay.remove(name);
            }
            compiled.put(name, known);
        }
        unsourced.addAll(known.unsourced);
        return known.condition;
    }
}
