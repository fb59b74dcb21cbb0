package io.kubeguardian.ml.member;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.kubeguardian.ml.Member;
import io.kubeguardian.ml.ModelException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.tribuo.Model;
import org.tribuo.MutableDataset;
import org.tribuo.Output;
import org.tribuo.OutputFactory;
import org.tribuo.impl.ArrayExample;
import org.tribuo.protos.core.ModelProto;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/**
 * Tribuo's models to bytes and back: its protocol buffers, never Java's serialization. Its reader loads classes by the
 * names in the bytes, so those are looked at first: a name of any other class than Tribuo's is refused before a class is loaded.
 */
final class Tribuo {
    /** What looks like a class with a package. */
    private static final Pattern CLASS = Pattern.compile("\\[*L?[A-Za-z_$][\\w$]*(\\.[A-Za-z_$][\\w$]*){2,};?");
    private static final List<String> ALLOWED =
            List.of("org.tribuo.", "com.oracle.labs.mlrg.olcut.provenance.", "tribuo.",
                    "rate.", "distinct.", "share."); // the last ones begin names of features
    private static final int DEEPEST = 40;
    private static final Logger CHATTER = Logger.getLogger("org.tribuo"); // held: a logger's level goes with it

    static {
        CHATTER.setLevel(Level.WARNING);
        libsvm.svm.svm_set_print_string_function(text -> { }); // its default is standard output
    }

    private Tribuo() {}

    static <T extends Output<T>> MutableDataset<T> dataset(OutputFactory<T> factory) {
        return new MutableDataset<>(new SimpleDataSourceProvenance("windows of behaviour", factory), factory);
    }

    /** A window's distances from usual. */
    static <T extends Output<T>> ArrayExample<T> example(T output, Member.Input input) {
        return example(output, input, input.z());
    }

    static <T extends Output<T>> ArrayExample<T> example(T output, Member.Input input, double[] z) {
        String[] names = new String[z.length];
        for (int i = 0; i < names.length; i++) {
            names[i] = input.features().name(i);
        }
        return new ArrayExample<>(output, names, z);
    }

    static byte[] bytes(Model<?> model) {
        byte[] plain = model.serialize().toByteArray();
        return Payload.write(out -> {
            out.writeInt(plain.length);
            out.write(plain);
        });
    }

    /** @throws ModelException when the bytes are no model of that class */
    static <M extends Model<?>> M read(String kind, Class<M> type, byte[] payload) throws ModelException {
        byte[] plain = Payload.read(kind, payload, in -> {
            int length = in.readInt();
            if (length < 0 || length > Payload.MOST_BYTES) {
                throw new ModelException("the " + kind + " member claims " + length + " bytes");
            }
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new ModelException("the " + kind + " member ends early");
            }
            return bytes;
        });
        try {
            checkClasses(kind, UnknownFieldSet.parseFrom(plain), 0);
            Model<?> model = Model.deserialize(ModelProto.parseFrom(plain));
            if (!type.isInstance(model)) {
                throw new ModelException("the " + kind + " member is a " + model.getClass().getName());
            }
            return type.cast(model);
        } catch (InvalidProtocolBufferException e) {
            throw new ModelException("the " + kind + " member is no protocol buffer: " + e.getMessage(), e);
        } catch (RuntimeException e) { // Tribuo's reader has several ways to say that the bytes are not a model
            throw new ModelException("the " + kind + " member cannot be read: " + e.getMessage(), e);
        }
    }

    /** Every text at any depth: what is no message is a text or bytes, and looked at as both. */
    private static void checkClasses(String kind, UnknownFieldSet message, int depth) throws ModelException {
        if (depth > DEEPEST) {
            throw new ModelException("the " + kind + " member is nested too deeply");
        }
        for (UnknownFieldSet.Field field : message.asMap().values()) {
            for (ByteString bytes : field.getLengthDelimitedList()) {
                checkName(kind, bytes);
                UnknownFieldSet inner;
                try {
                    inner = UnknownFieldSet.parseFrom(bytes);
                } catch (InvalidProtocolBufferException e) {
                    continue; // a text or packed numbers
                }
                checkClasses(kind, inner, depth + 1);
            }
            for (UnknownFieldSet group : field.getGroupList()) {
                checkClasses(kind, group, depth + 1);
            }
        }
    }

    private static void checkName(String kind, ByteString bytes) throws ModelException {
        if (bytes.size() > 512 || !bytes.isValidUtf8()) {
            return;
        }
        String text = bytes.toString(StandardCharsets.UTF_8);
        if (CLASS.matcher(text).matches() && ALLOWED.stream().noneMatch(text::startsWith)) {
            throw new ModelException("the " + kind + " member names the foreign class " + text + ", which is never loaded");
        }
    }
}
