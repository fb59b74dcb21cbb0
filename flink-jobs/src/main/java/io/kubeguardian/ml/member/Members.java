package io.kubeguardian.ml.member;

import io.kubeguardian.ml.Features;
import io.kubeguardian.ml.Member;
import io.kubeguardian.ml.ModelException;

/** Members by their kind. */
public final class Members {
    private Members() {}

    /**
     * @param onnx whether networks of others may be run: their reader is native code
     * @throws ModelException when the bytes are no such member
     */
    public static Member read(String kind, byte[] payload, Features features, boolean onnx) throws ModelException {
        return switch (kind) {
            case StatisticsMember.KIND -> {
                if (payload.length > 0) {
                    throw new ModelException("the statistics member has bytes, it takes none");
                }
                yield new StatisticsMember();
            }
            case SequenceMember.KIND -> SequenceMember.read(payload);
            case HistogramMember.KIND -> HistogramMember.read(payload);
            case SvmMember.KIND -> SvmMember.read(payload);
            case ClustersMember.KIND -> ClustersMember.read(payload, features);
            case ForestMember.KIND -> ForestMember.read(payload);
            case OnnxMember.KIND -> {
                if (!onnx) {
                    throw new ModelException("it has an onnx member, which models.onnx of the configuration does not allow");
                }
                yield OnnxMember.read(payload, features);
            }
            default -> throw new ModelException("nothing is known of a member of kind " + kind);
        };
    }
}
