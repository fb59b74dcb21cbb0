package io.kubeguardian.benchmarks;

import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * For a harness, which copies every record that an operator puts out: hands it over as it is, as Flink does between chained
 * operators with object reuse, which this project's jobs have on.
 */
final class HandedOver<T> extends TypeSerializerSingleton<T> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public T createInstance() {
        return null;
    }

    @Override
    public T copy(T from) {
        return from;
    }

    @Override
    public T copy(T from, T reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(T record, DataOutputView target) {
        throw onlyObjects();
    }

    @Override
    public T deserialize(DataInputView source) {
        throw onlyObjects();
    }

    @Override
    public T deserialize(T reuse, DataInputView source) {
        throw onlyObjects();
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) {
        throw onlyObjects();
    }

    @Override
    public TypeSerializerSnapshot<T> snapshotConfiguration() {
        throw onlyObjects();
    }

    private static UnsupportedOperationException onlyObjects() {
        return new UnsupportedOperationException("records are handed over as objects");
    }
}
