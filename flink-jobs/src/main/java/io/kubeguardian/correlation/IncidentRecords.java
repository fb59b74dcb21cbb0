package io.kubeguardian.correlation;

import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.Contribution;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.IncidentState;
import io.kubeguardian.schema.InvolvedProcess;
import io.kubeguardian.schema.ProcessRef;
import io.kubeguardian.schema.Signal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes an incident's records: what is told of it, from the evidence that it has. */
final class IncidentRecords {
    static final int MOST_SIGNALS = 64;
    /**
     * Characters of all its signals' texts: what leaves an incident below Kafka's usual 1 MB as Avro and as an alert,
     * even if JSON has to write every character as six.
     */
    static final int MOST_CHARACTERS = 100_000;
    static final int MOST_PROCESSES = 128;

    private static final int SLIM_TEXT = 256;
    private static final int MOST_PROCESS_ARGS = 256;

    private IncidentRecords() {}

    /** Takes a signal into the evidence, shortened or only counted when there is no room. */
    static void add(OpenIncident open, Signal signal) {
        List<Signal> signals = open.incident.getSignals();
        Signal taken = signal;
        if (size(signal) + open.size > MOST_CHARACTERS) {
            taken = slim(signal);
        }
        if (signals.size() >= MOST_SIGNALS || size(taken) + open.size > MOST_CHARACTERS) {
            open.incident.setSignalsOmitted(open.incident.getSignalsOmitted() + 1);
        } else {
            open.size += size(taken);
            signals.add(taken);
        }
        open.incident.setFirstEventTime(Math.min(open.incident.getFirstEventTime(), signal.getEventTime()));
        open.incident.setLastEventTime(Math.max(open.incident.getLastEventTime(), signal.getEventTime()));
        Completeness before = open.incident.getCompleteness();
        Completeness now = signal.getCompleteness();
        open.incident.setCompleteness(new Completeness(before.getComplete() && now.getComplete(),
                Math.max(before.getLostEvents(), now.getLostEvents()),
                Math.max(before.getMissingBatches(), now.getMissingBatches())));
    }

    static int size(Signal signal) {
        int size = 256 + signal.getRule().length() + signal.getOutput().length() + signal.getImage().length()
                + size(signal.getOutputFields()) + size(signal.getUnmapped());
        size += signal.getProcess() == null ? 0 : size(signal.getProcess());
        for (ProcessRef ancestor : signal.getAncestors()) {
            size += size(ancestor);
        }
        for (Contribution part : signal.getContributions()) {
            size += part.getName().length() + part.getValue().length() + part.getUsual().length()
                    + part.getReason().length();
        }
        return size;
    }

    private static int size(Map<String, String> texts) {
        int size = 0;
        for (Map.Entry<String, String> text : texts.entrySet()) {
            size += text.getKey().length() + text.getValue().length();
        }
        return size;
    }

    private static int size(ProcessRef process) {
        int size = 128 + process.getName().length() + process.getExe().length();
        for (String arg : process.getArgs()) {
            size += arg.length() + 1;
        }
        return size;
    }

    /** Who, what and when, without the long texts. */
    private static Signal slim(Signal signal) {
        return Signal.newBuilder(signal).setOutput(cut(signal.getOutput(), SLIM_TEXT))
                .setProcess(signal.getProcess() == null ? null : shortened(signal.getProcess()))
                .setAncestors(new ArrayList<>()).setOutputFields(new HashMap<>()).setUnmapped(new HashMap<>())
                .setContributions(new ArrayList<>()).build();
    }

    private static ProcessRef shortened(ProcessRef process) {
        List<String> args = new ArrayList<>();
        int left = MOST_PROCESS_ARGS;
        for (String arg : process.getArgs()) {
            if (left <= 0) {
                break;
            }
            args.add(cut(arg, left));
            left -= arg.length() + 1;
        }
        return ProcessRef.newBuilder(process).setArgs(args).setExe(cut(process.getExe(), SLIM_TEXT)).build();
    }

    private static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
        return text.substring(0, end) + '…';
    }

    /** The next record of an incident: its own copy, since what was told is not changed any more. */
    static Incident told(OpenIncident open, IncidentState state, long now) {
        Incident incident = open.incident;
        incident.getSignals().sort(Comparator.comparingLong(Signal::getEventTime).thenComparing(Signal::getId));
        Set<String> techniques = new LinkedHashSet<>(incident.getTechniques());
        incident.getSignals().forEach(signal -> techniques.addAll(signal.getTechniques()));
        incident.setTechniques(new ArrayList<>(techniques));
        incident.setAttackPath(AttackPath.of(incident.getSignals()));
        incident.setProcesses(processes(incident.getSignals()));
        incident.setState(state);
        incident.setRevision(open.told + 1);
        incident.setUpdatedTime(now);
        // A builder's copy is deep, but a signal is never changed: a copy of the list is enough.
        Incident copy = new Incident();
        for (int i = 0; i < copy.getSchema().getFields().size(); i++) {
            copy.put(i, incident.get(i));
        }
        copy.setSignals(new ArrayList<>(incident.getSignals()));
        copy.setPatterns(new ArrayList<>(incident.getPatterns()));
        return copy;
    }

    private static List<InvolvedProcess> processes(List<Signal> signals) {
        Map<String, Integer> places = new HashMap<>();
        List<InvolvedProcess> processes = new ArrayList<>();
        for (Signal signal : signals) {
            if (signal.getProcess() == null) {
                continue;
            }
            int parent = -1;
            for (int i = signal.getAncestors().size() - 1; i >= 0 && processes.size() < MOST_PROCESSES; i--) {
                parent = place(signal.getAncestors().get(i), parent, places, processes);
            }
            int own = processes.size() < MOST_PROCESSES
                    ? place(signal.getProcess(), parent, places, processes)
                    : places.getOrDefault(SignalFields.identity(signal.getProcess()), -1);
            if (own >= 0 && !processes.get(own).getRules().contains(signal.getRule())) {
                processes.get(own).getRules().add(signal.getRule());
            }
        }
        return processes;
    }

    private static int place(
            ProcessRef process, int parent, Map<String, Integer> places, List<InvolvedProcess> processes) {
        return places.computeIfAbsent(SignalFields.identity(process), identity -> {
            processes.add(new InvolvedProcess(shortened(process), parent, new ArrayList<>()));
            return processes.size() - 1;
        });
    }
}
