package io.kubeguardian.baseline;

/** One item of an {@link Observation}. Flink POJO. */
public final class ObservedItem {
    /** {@link ItemKind#word}. */
    public String kind = "";
    /** What is normal or not, as {@link ItemKind} shows. */
    public String item = "";
    /** Another form that is as good: a destination by its address where the item has its name; else empty. */
    public String alternative = "";
    /** As it was seen, where the item is only its shape; else empty. */
    public String example = "";
    /** Digest of the container's image, its name while that is unknown. */
    public String image = "";
    public String imageName = "";
    public String containerId = "";
    /** Place in {@link Observation#processes}. */
    public int process;
    /** Event time, nanoseconds since the Unix epoch. */
    public long time;
    /** Its pod has not told it before, as far as is remembered. */
    public boolean first;
    /** A runtime policy does not allow it; only known where it is observed. */
    public transient boolean outside;
}
