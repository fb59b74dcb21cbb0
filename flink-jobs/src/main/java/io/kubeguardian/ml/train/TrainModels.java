package io.kubeguardian.ml.train;

import io.kubeguardian.ml.Behaviour;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.ml.stream.WindowPart;
import io.kubeguardian.ml.stream.Windows;
import io.kubeguardian.schema.BehaviourModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects the windows of a workload, or of all, and trains a model when the data ends. */
public final class TrainModels extends KeyedProcessFunction<String, WindowPart, BehaviourModel> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(TrainModels.class);
    /** Most parts that are kept for one model; what is beyond is left out and counted. */
    private static final int MOST_PARTS = 100_000;

    private final TrainingPlan plan;
    private final boolean perWorkload;
    private transient ListState<WindowPart> parts;
    private transient ValueState<Integer> count;
    private transient Counter leftOut;

    public TrainModels(TrainingPlan plan, boolean perWorkload) {
        this.plan = plan;
        this.perWorkload = perWorkload;
    }

    @Override
    public void open(OpenContext context) {
        parts = getRuntimeContext().getListState(
                new ListStateDescriptor<>("parts", TypeInformation.of(WindowPart.class)));
        count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", BasicTypeInfo.INT_TYPE_INFO));
        leftOut = getRuntimeContext().getMetricGroup().counter("windowPartsLeftOut");
    }

    @Override
    public void processElement(WindowPart part, Context context, Collector<BehaviourModel> out) throws Exception {
        int known = count.value() == null ? 0 : count.value();
        if (known >= MOST_PARTS) {
            leftOut.inc();
            return;
        }
        parts.add(part);
        count.update(known + 1);
        context.timerService().registerEventTimeTimer(Long.MAX_VALUE); // when the data ends
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<BehaviourModel> out) throws Exception {
        Map<String, List<WindowPart>> windows = new TreeMap<>();
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (WindowPart part : parts.get()) {
            windows.computeIfAbsent(String.format("%020d/%s", part.start, part.key()), none -> new ArrayList<>()).add(part);
            first = Math.min(first, part.start);
            last = Math.max(last, part.start + plan.windowSeconds() * 1000L);
        }
        parts.clear();
        count.clear();
        List<Behaviour> data = windows.values().stream()
                .map(window -> Windows.behaviour(window, plan.windowSeconds())).toList();
        try {
            out.collect(new Trainer(plan.forWorkload(perWorkload ? context.getCurrentKey() : "", first * 1_000_000,
                    last * 1_000_000)).train(data));
        } catch (ModelException e) { // of this workload; others may have enough
            LOG.warn("event=no-model workload={} because={}", context.getCurrentKey(), e.getMessage());
        }
    }
}
