package io.kubeguardian.intel;

/** What is in force now, for one subtask. */
public interface IntelView extends AutoCloseable {
    /** Asked for once a batch; a newer one takes its place between two. */
    IntelSet current();

    @Override
    void close();
}
