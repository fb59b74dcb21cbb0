package io.kubeguardian.ml.train;

import io.kubeguardian.ml.Behaviour;
import io.kubeguardian.ml.Features;
import io.kubeguardian.ml.Member;
import io.kubeguardian.ml.member.ClustersMember;
import io.kubeguardian.ml.member.ForestMember;
import io.kubeguardian.ml.member.HistogramMember;
import io.kubeguardian.ml.member.SequenceMember;
import io.kubeguardian.ml.member.StatisticsMember;
import io.kubeguardian.ml.member.SvmMember;
import java.util.List;
import java.util.function.Supplier;

/** A member of any kind that was just trained, and how it is written. */
record TrainedMember(Member member, Supplier<byte[]> bytes) {
    static TrainedMember of(
            String kind, List<Behaviour> data, Features features, SequenceChoice sequence, long seed) {
        return switch (kind) {
            case SequenceMember.KIND -> {
                SequenceMember trained =
                        SequenceMember.train(data, sequence.order(), sequence.discount(), sequence.usual());
                yield new TrainedMember(trained, trained::payload);
            }
            case HistogramMember.KIND -> {
                HistogramMember trained = HistogramMember.train(data);
                yield new TrainedMember(trained, trained::payload);
            }
            case StatisticsMember.KIND -> new TrainedMember(new StatisticsMember(), () -> new byte[0]);
            case SvmMember.KIND -> {
                SvmMember trained = SvmMember.train(inputs(data, features), seed);
                yield new TrainedMember(trained, trained::payload);
            }
            case ClustersMember.KIND -> {
                ClustersMember trained = ClustersMember.train(inputs(data, features), seed);
                yield new TrainedMember(trained, trained::payload);
            }
            case ForestMember.KIND -> {
                ForestMember trained = ForestMember.train(inputs(data, features), seed);
                yield new TrainedMember(trained, trained::payload);
            }
            default -> throw new IllegalArgumentException("a member of kind " + kind + " cannot be trained here");
        };
    }

    byte[] payload() {
        return bytes.get();
    }

    private static List<Member.Input> inputs(List<Behaviour> data, Features features) {
        return data.stream().map(behaviour -> Member.Input.of(behaviour, features)).toList();
    }
}
