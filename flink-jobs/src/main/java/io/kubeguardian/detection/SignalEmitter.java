package io.kubeguardian.detection;

import io.kubeguardian.process.StateException;
import io.kubeguardian.process.TreeProcess;
import io.kubeguardian.rules.ContainerView;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.schema.Signal;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what the evaluation of a batch finds into records, without repeats. One object serves a whole subtask. */
final class SignalEmitter implements BatchEvaluation.Output {
    private static final Logger LOG = LoggerFactory.getLogger(SignalEmitter.class);

    private final RepeatGuard guard;
    private final DetectMetrics metrics;
    private final List<Signal> signals = new ArrayList<>();

    private SignalFactory factory;
    private PodState pod;

    SignalEmitter(RepeatGuard guard, DetectMetrics metrics) {
        this.guard = guard;
        this.metrics = metrics;
    }

    void begin(SignalFactory signalFactory, PodState state) {
        factory = signalFactory;
        pod = state;
        signals.clear();
    }

    /** Of the batch, in the order of its events. */
    List<Signal> signals() {
        return signals;
    }

    @Override
    public void hit(Hit hit, TreeProcess process, ContainerView container, long time) {
        metrics.hits.inc();
        try {
            long held = guard.held(hit.rule() + '|' + same(hit, process), time, pod);
            if (held >= 0) {
                Signal signal = factory.rule(hit, process, container, time, held);
                signals.add(signal);
                guard.passed(signal, hit.repeatSeconds() == 0 ? RepeatGuard.WINDOW_NANOS
                        : hit.repeatSeconds() * 1_000_000_000L, pod);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new StateException("cannot use the repeat guard's state", e);
        }
    }

    private static String same(Hit hit, TreeProcess process) {
        String declared = hit.repeatKey();
        return declared == null ? process.pid() + "|" + process.startTime() : declared;
    }

    @Override
    public void failed(EventView event, RuntimeException problem) {
        metrics.failures.inc();
        if (metrics.failures.getCount() == 1) {
            LOG.error("event=rule-failed type={} pod={} further=counted-only", event.type(),
                    event.container().podUid(), problem);
        }
    }
}
