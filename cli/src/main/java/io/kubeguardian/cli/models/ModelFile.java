package io.kubeguardian.cli.models;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.ml.Model;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.MalformedRecordException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A model in a file: the bytes of its record on the topic. */
public final class ModelFile {
    private static final long MOST_BYTES = 8 << 20;
    private static final AvroCodec<BehaviourModel> CODEC = AvroCodec.of(BehaviourModel.class);

    private ModelFile() {}

    static void write(Path file, BehaviourModel model) {
        try {
            Files.write(file, CODEC.encode(model));
        } catch (IOException e) {
            throw new UserError(file + ": cannot be written: " + Texts.reason(e), e);
        }
    }

    /**
     * A model that was checked as a job checks it.
     *
     * @throws UserError when it cannot be read, or no job would take it
     */
    public static BehaviourModel read(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new UserError(file + ": has more than " + MOST_BYTES + " bytes; is it a model?");
            }
            BehaviourModel model = CODEC.decode(Files.readAllBytes(file));
            Model.read(model, true);
            return model;
        } catch (NoSuchFileException e) {
            throw new UserError(file + ": no such file", e);
        } catch (IOException e) {
            throw new UserError(file + ": cannot be read: " + Texts.reason(e), e);
        } catch (MalformedRecordException | ModelException e) {
            throw new UserError(file + ": is no model that a job would take: " + Texts.line(e.getMessage()), e);
        }
    }
}
