package io.kubeguardian.baseline;

import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.schema.ProfilePhase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** The keyed state of baselines, and which image's baseline an item belongs to. One object serves a whole subtask. */
final class WorkloadStore {
    /** Most images of a workload; of more the one longest unseen goes. */
    static final int MOST_IMAGES = 4;
    /** Most drifts that are remembered by name. */
    static final int MOST_DRIFTS = 500;

    final ItemStore items;
    final MapState<String, Long> told;
    final ValueState<Rates> rates;

    private final ValueState<WorkloadBaseline> workloads;
    private final MapState<String, ImageBaseline> images;
    private final MapState<Integer, SyscallHistogram> syscalls;
    private final MapState<String, DriftState> drifts;
    /** Images of the current key that have no baseline under this name any more. */
    private final List<String> gone = new ArrayList<>();

    WorkloadStore(RuntimeContext runtime, DetectionSettings detection, BaselineSettings baseline) {
        workloads = runtime.getState(
                new ValueStateDescriptor<>("workload", TypeInformation.of(WorkloadBaseline.class)));
        images = runtime.getMapState(new MapStateDescriptor<>(
                "images", BasicTypeInfo.STRING_TYPE_INFO, TypeInformation.of(ImageBaseline.class)));
        syscalls = runtime.getMapState(new MapStateDescriptor<>(
                "syscalls", BasicTypeInfo.INT_TYPE_INFO, TypeInformation.of(SyscallHistogram.class)));
        drifts = runtime.getMapState(new MapStateDescriptor<>(
                "drifts", BasicTypeInfo.STRING_TYPE_INFO, TypeInformation.of(DriftState.class)));
        told = runtime.getMapState(new MapStateDescriptor<>(
                "told", BasicTypeInfo.STRING_TYPE_INFO, BasicTypeInfo.LONG_TYPE_INFO));
        rates = runtime.getState(new ValueStateDescriptor<>("rates", TypeInformation.of(Rates.class)));
        items = new ItemStore(
                runtime.getMapState(new MapStateDescriptor<>(
                        "known", BasicTypeInfo.STRING_TYPE_INFO, TypeInformation.of(BaselineItem.class))),
                runtime.getMapState(new MapStateDescriptor<>(
                        "below", BasicTypeInfo.STRING_TYPE_INFO, BasicTypeInfo.INT_TYPE_INFO)),
                runtime.getMapState(new MapStateDescriptor<>(
                        "sketches", BasicTypeInfo.INT_TYPE_INFO, TypeInformation.of(CountMin.class))),
                detection.baselineLimit(), baseline.collapseAt());
    }

    /** Null: nothing is known of the workload. */
    WorkloadBaseline workload() throws Exception {
        return workloads.value();
    }

    void update(WorkloadBaseline workload) throws Exception {
        workloads.update(workload);
    }

    /** Null: there is none. */
    ImageBaseline image(String image) throws Exception {
        return images.get(image);
    }

    List<ImageBaseline> images() throws Exception {
        List<ImageBaseline> all = new ArrayList<>();
        images.values().forEach(all::add);
        return all;
    }

    void put(ImageBaseline image) throws Exception {
        images.put(image.image, image);
    }

    /**
     * The image's baseline under another name: a container's image is known by its name before it is by its digest.
     *
     * @return null when there is none
     */
    ImageBaseline find(String image, String imageName) throws Exception {
        ImageBaseline known = images.get(image);
        if (known != null) {
            return known;
        }
        if (image.equals(imageName)) { // the digest is not known (any more): the newest of that name
            return images().stream().filter(i -> !imageName.isEmpty() && i.imageName.equals(imageName))
                    .max(Comparator.comparingLong(i -> i.lastSeen)).orElse(null);
        }
        ImageBaseline byName = imageName.isEmpty() ? null : images.get(imageName);
        if (byName != null) {
            images.remove(imageName);
            gone.add(imageName);
            byName.image = image;
        }
        return byName;
    }

    /** A baseline for an image that has none: it starts from that of the image before of the same repository. */
    ImageBaseline create(WorkloadBaseline workload, String image, String imageName) throws Exception {
        List<ImageBaseline> all = images();
        ImageBaseline created = new ImageBaseline();
        created.image = image;
        created.imageName = imageName;
        created.slot = workload.nextSlot++;
        ImageBaseline before = all.stream()
                .filter(i -> !imageName.isEmpty() && repository(i.imageName).equals(repository(imageName)))
                .max(Comparator.comparing((ImageBaseline i) -> i.phase() == ProfilePhase.READY)
                        .thenComparingLong(i -> i.lastSeen)
                        .thenComparing(i -> i.image))
                .orElse(null);
        if (before != null) {
            created.inheritedFrom = before.image;
            items.inherit(before, created);
            SyscallHistogram calls = syscalls.get(before.slot);
            if (calls != null) {
                syscalls.put(created.slot, calls);
            }
        }
        if (all.size() >= MOST_IMAGES) {
            remove(all.stream().min(Comparator.comparingLong(i -> i.lastSeen)).orElseThrow());
        }
        return created;
    }

    /** Names of images whose published profiles are of none any more; asked for once. */
    List<String> takeGone() {
        List<String> names = List.copyOf(gone);
        gone.clear();
        return names;
    }

    private void remove(ImageBaseline image) throws Exception {
        gone.add(image.image);
        items.clear(image);
        syscalls.remove(image.slot);
        images.remove(image.image);
    }

    /** registry/shop/orders:1.2 → registry/shop/orders; without tag and digest. */
    static String repository(String imageName) {
        int at = imageName.indexOf('@');
        String name = at < 0 ? imageName : imageName.substring(0, at);
        int colon = name.lastIndexOf(':');
        return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
    }

    /** Never null. */
    SyscallHistogram syscalls(ImageBaseline image) throws Exception {
        SyscallHistogram calls = syscalls.get(image.slot);
        return calls == null ? new SyscallHistogram() : calls;
    }

    void put(ImageBaseline image, SyscallHistogram calls) throws Exception {
        syscalls.put(image.slot, calls);
    }

    DriftState drift(String name) throws Exception {
        return drifts.get(name);
    }

    void put(String name, DriftState drift) throws Exception {
        if (!drifts.contains(name)) {
            List<Map.Entry<String, DriftState>> all = new ArrayList<>();
            drifts.entries().forEach(all::add);
            if (all.size() >= MOST_DRIFTS) {
                all.sort(Comparator.comparingLong(entry -> entry.getValue().lastSeen));
                for (int i = 0; i < MOST_DRIFTS / 8; i++) {
                    drifts.remove(all.get(i).getKey());
                }
            }
        }
        drifts.put(name, drift);
    }

    void removeDrift(String name) throws Exception {
        drifts.remove(name);
    }

    Map<String, DriftState> drifts() throws Exception {
        Map<String, DriftState> all = new TreeMap<>();
        for (Map.Entry<String, DriftState> entry : drifts.entries()) {
            all.put(entry.getKey(), entry.getValue());
        }
        return all;
    }

    /** What was learned goes, of all images; that they were there stays. */
    void forgetLearned() throws Exception {
        for (ImageBaseline image : images()) {
            items.clear(image);
            syscalls.remove(image.slot);
            put(image);
        }
        told.clear();
        drifts.clear();
        rates.clear();
    }

    void clear() {
        workloads.clear();
        clearImages();
    }

    void clearImages() {
        images.clear();
        syscalls.clear();
        drifts.clear();
        told.clear();
        rates.clear();
        items.clear();
    }
}
