package io.kubeguardian.ingest.tetragon;

import io.kubeguardian.ingest.MalformedLineException;
import io.kubeguardian.ingest.json.Fields;
import java.util.ArrayList;
import java.util.List;

/**
 * Tetragon's events of hooks that TracingPolicies set. What the hook means is {@link KernelHooks}' matter; policy, message,
 * tags and stack traces are left in the event, and kept. Each method returns the hook's name.
 */
final class HookEvents {
    private static final String USUAL_ACTION = "KPROBE_ACTION_POST";
    private static final int EPERM = 1;

    private HookEvents() {}

    static String kprobe(Scene scene, Fields event) throws MalformedLineException {
        String function = event.text("function_name");
        String call = KernelHooks.systemCall(function);
        if (call.isEmpty()) {
            function(scene, event, function);
        } else {
            KernelHooks.call(hit(scene, event, call));
        }
        return function;
    }

    static String lsm(Scene scene, Fields event) throws MalformedLineException {
        String hook = event.text("function_name");
        function(scene, event, hook.startsWith("security_") ? hook : "security_" + hook);
        return hook;
    }

    static String tracepoint(Scene scene, Fields event) throws MalformedLineException {
        String subsystem = event.text("subsys");
        String name = event.text("event");
        if (subsystem.equals("syscalls") && (name.startsWith("sys_enter_") || name.startsWith("sys_exit_"))) {
            KernelHooks.call(hit(scene, event, name.substring(name.indexOf('_', "sys_".length()) + 1)));
        } else if (subsystem.equals("raw_syscalls")) {
            KernelHooks.Hit hit = hit(scene, event, "");
            String call = hit.arguments().takeSystemCall();
            if (!call.isEmpty()) {
                KernelHooks.call(new KernelHooks.Hit(call, hit.arguments(), hit.writer(), hit.result(), hit.hasResult()));
            }
        }
        return subsystem + '/' + name;
    }

    private static void function(Scene scene, Fields event, String function) throws MalformedLineException {
        if (KernelHooks.knows(function)) {
            KernelHooks.function(hit(scene, event, function));
        } else { // the arguments stay where they are, and are kept
            action(event);
        }
    }

    /** Takes the action, and puts it back to be kept if it is more than telling. */
    private static String action(Fields event) throws MalformedLineException {
        String action = event.text("action");
        if (!action.isEmpty() && !action.equals(USUAL_ACTION)) {
            event.put("action", action);
        }
        return action;
    }

    private static KernelHooks.Hit hit(Scene scene, Fields event, String name) throws MalformedLineException {
        HookArguments arguments = HookArguments.of(event.objects("args"));
        Fields returnFields = event.object("return");
        HookArguments returned = HookArguments.of(returnFields == null ? List.of() : new ArrayList<>(List.of(returnFields)));
        arguments.withReturned(returned);
        boolean hasResult = !returned.numbers().isEmpty();
        long result = returned.number(0, 0);
        if (action(event).equals("KPROBE_ACTION_OVERRIDE") && !hasResult) {
            hasResult = true; // refused by Tetragon; with which error is not told
            result = -EPERM;
        }
        return new KernelHooks.Hit(name, arguments, scene.writer(), result, hasResult);
    }
}
