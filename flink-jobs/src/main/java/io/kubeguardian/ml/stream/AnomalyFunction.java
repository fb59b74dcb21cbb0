package io.kubeguardian.ml.stream;

import io.kubeguardian.config.ModelSettings;
import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.Types;
import io.kubeguardian.ml.Behaviour;
import io.kubeguardian.ml.Model;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.ml.Score;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.Signal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores each window of a workload with the models that are for it, and tells of those that are too unusual. Keyed by
 * workload; models come by broadcast and take effect with the next window that ends.
 */
public final class AnomalyFunction extends KeyedBroadcastProcessFunction<String, WindowPart, BehaviourModel, Signal> {
    private static final long serialVersionUID = 1L;

    /** Models by name/workload. */
    public static final MapStateDescriptor<String, BehaviourModel> MODELS =
            new MapStateDescriptor<>("models", BasicTypeInfo.STRING_TYPE_INFO, Types.MODEL);

    /** Each move of a threshold. */
    static final OutputTag<ProfileAudit> AUDIT = new OutputTag<>("threshold-audit", Types.PROFILE_AUDIT);

    /** A workload without a window for this long is gone, milliseconds. */
    static final long FORGET_MILLIS = 7L * 24 * 3600 * 1000;
    /** Most parts that wait for the end of their windows, of one workload. */
    static final int MOST_PARTS = 2048;

    private static final Logger LOG = LoggerFactory.getLogger(AnomalyFunction.class);

    private final ModelSettings settings;
    private final DetectionClock clock;

    private transient ListState<WindowPart> parts;
    private transient ValueState<WorkloadWindows> windowsState;
    private transient MapState<String, ScoreHistory> histories;
    private transient Map<String, Model> loaded;
    private transient AdaptiveThreshold threshold;
    private transient AnomalySignals signals;
    private transient ModelMetrics metrics;

    public AnomalyFunction(ModelSettings settings, DetectionClock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public void open(OpenContext context) {
        var runtime = getRuntimeContext();
        parts = runtime.getListState(new ListStateDescriptor<>("parts", TypeInformation.of(WindowPart.class)));
        windowsState = runtime.getState(
                new ValueStateDescriptor<>("windows", TypeInformation.of(WorkloadWindows.class)));
        histories = runtime.getMapState(new MapStateDescriptor<>(
                "histories", BasicTypeInfo.STRING_TYPE_INFO, TypeInformation.of(ScoreHistory.class)));
        loaded = new HashMap<>();
        threshold = new AdaptiveThreshold(settings);
        signals = new AnomalySignals(settings, clock);
        metrics = new ModelMetrics(runtime.getMetricGroup());
    }

    @Override
    public void processBroadcastElement(BehaviourModel model, Context context, Collector<Signal> out) throws Exception {
        var state = context.getBroadcastState(MODELS);
        String key = key(model.getName(), model.getWorkload());
        if (model.getRetired()) {
            state.remove(key);
            loaded.remove(key);
            LOG.info("event=model-retired name={} workload={}", model.getName(), model.getWorkload());
            return;
        }
        if (!state.contains(key)) {
            int known = 0;
            for (Map.Entry<String, BehaviourModel> ignored : state.entries()) {
                known++;
            }
            if (known >= settings.modelLimit()) {
                metrics.refused.inc();
                LOG.error("event=model-refused name={} workload={} because=models.modelLimit limit={}", model.getName(),
                        model.getWorkload(), settings.modelLimit());
                return;
            }
        }
        state.put(key, model);
        loaded.remove(key);
        metrics.accepted.inc();
        LOG.info("event=model-accepted name={} workload={} version={} digest={}", model.getName(), model.getWorkload(),
                model.getVersion(), model.getDigest());
    }

    static String key(String name, String workload) {
        return name + '/' + workload;
    }

    @Override
    public void processElement(WindowPart part, ReadOnlyContext context, Collector<Signal> out) throws Exception {
        WorkloadWindows windows = windowsState.value();
        if (windows == null) {
            windows = new WorkloadWindows();
            windows.forgetAt = part.start + FORGET_MILLIS;
            context.timerService().registerEventTimeTimer(windows.forgetAt);
        }
        metrics.tokensDropped.inc(part.tokensDropped);
        if (part.start < windows.judgedUntil) {
            metrics.late.inc();
        } else if (windows.parts >= MOST_PARTS) {
            metrics.partsDropped.inc();
        } else {
            parts.add(part);
            windows.parts++;
            if (!windows.open.contains(part.start)) {
                windows.open.add(part.start);
                context.timerService().registerEventTimeTimer(dueAt(part.start));
            }
        }
        windows.lastSeen = Math.max(windows.lastSeen, part.start);
        windowsState.update(windows);
    }

    private long dueAt(long start) {
        return start + (settings.windowSeconds() + settings.lateSeconds()) * 1000L;
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Signal> out) throws Exception {
        WorkloadWindows windows = windowsState.value();
        if (windows == null) {
            return;
        }
        judge(timestamp, windows, context, out);
        if (windows.forgetAt <= timestamp) {
            if (windows.lastSeen + FORGET_MILLIS <= timestamp) {
                parts.clear();
                histories.clear();
                windowsState.clear();
                return;
            }
            windows.forgetAt = windows.lastSeen + FORGET_MILLIS;
            context.timerService().registerEventTimeTimer(windows.forgetAt);
        }
        windowsState.update(windows);
    }

    /** The windows that are due, the earliest first. */
    private void judge(long now, WorkloadWindows windows, OnTimerContext context, Collector<Signal> out)
            throws Exception {
        if (windows.open.stream().noneMatch(start -> dueAt(start) <= now)) {
            return;
        }
        TreeMap<Long, List<WindowPart>> due = new TreeMap<>();
        List<WindowPart> waiting = new ArrayList<>();
        for (WindowPart part : parts.get()) {
            if (dueAt(part.start) <= now) {
                due.computeIfAbsent(part.start, none -> new ArrayList<>()).add(part);
            } else {
                waiting.add(part);
            }
        }
        parts.update(waiting);
        windows.parts = waiting.size();
        windows.open.removeIf(start -> dueAt(start) <= now);
        List<Model> models = models(context);
        for (Map.Entry<Long, List<WindowPart>> window : due.entrySet()) {
            windows.judgedUntil = window.getKey() + settings.windowSeconds() * 1000L;
            metrics.windows.inc();
            if (!models.isEmpty()) {
                judge(window.getValue(), models, context, out);
            }
        }
    }

    /** Of each name the workload's own, or the one for all. */
    private List<Model> models(OnTimerContext context) throws Exception {
        ReadOnlyBroadcastState<String, BehaviourModel> state = context.getBroadcastState(MODELS);
        String workload = context.getCurrentKey();
        Map<String, BehaviourModel> chosen = new TreeMap<>();
        for (Map.Entry<String, BehaviourModel> entry : state.immutableEntries()) {
            BehaviourModel record = entry.getValue();
            if (record.getWorkload().equals(workload)) {
                chosen.put(record.getName(), record);
            } else if (record.getWorkload().isEmpty()) {
                chosen.putIfAbsent(record.getName(), record);
            }
        }
        List<Model> models = new ArrayList<>();
        for (BehaviourModel record : chosen.values()) {
            Model model = load(record);
            if (model != null) {
                models.add(model);
            }
        }
        return models;
    }

    private Model load(BehaviourModel record) {
        String key = key(record.getName(), record.getWorkload());
        Model model = loaded.get(key);
        if (model == null) {
            try {
                model = ModelStore.read(record, settings.onnx());
                loaded.put(key, model);
            } catch (ModelException e) { // accepted by a job of other settings, and restored by this one
                metrics.unusable.inc();
                LOG.error("event=model-unusable name={} digest={} because={}", record.getName(), record.getDigest(),
                        e.getMessage());
            }
        }
        return model;
    }

    private void judge(List<WindowPart> window, List<Model> models, OnTimerContext context, Collector<Signal> out)
            throws Exception {
        Behaviour behaviour = Windows.behaviour(window, settings.windowSeconds());
        for (Model model : models) {
            String name = model.record().getName();
            ScoreHistory history = histories.get(name);
            if (history == null || !history.digest.equals(model.record().getDigest())) {
                history = begin(history, model);
            }
            Score score = model.score(behaviour, history.moving);
            metrics.scores.inc();
            if (threshold.isAnomaly(history, score.score())) {
                metrics.anomalies.inc();
                out.collect(signals.of(window, model.record(), score, history, threshold.of(history)));
            } else {
                model.learn(behaviour, history.moving);
            }
            learn(history, score.score(), model.record(), window.get(0), context);
            histories.put(name, history);
        }
    }

    /** A new model's scores are others; how long the workload is known is not: it judges from its first window on. */
    private ScoreHistory begin(ScoreHistory before, Model model) {
        ScoreHistory history = new ScoreHistory();
        history.digest = model.record().getDigest();
        if (before != null && threshold.ready(before)) {
            history.windows = settings.leastWindows();
            history.threshold = before.threshold;
        }
        return history;
    }

    private void learn(
            ScoreHistory history, double score, BehaviourModel model, WindowPart window, OnTimerContext context) {
        double before = threshold.of(history);
        if (threshold.learn(history, score)) {
            metrics.thresholdChanges.inc();
            context.output(AUDIT, ThresholdAudit.of(window, settings, model, before, threshold.of(history), history,
                    clock.nanos()));
        }
    }
}
