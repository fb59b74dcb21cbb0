package io.kubeguardian.cli.replay;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.models.ModelFile;
import io.kubeguardian.config.ModelSettings;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.ml.stream.ModelUpdates;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.Keys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Models that score a replay: files, and of folders every .kgmodel file by name. */
final class ModelInput {
    private ModelInput() {}

    /** @throws UserError when one cannot be read, a job of these settings would refuse it, or two are for the same */
    static List<BehaviourModel> read(List<Path> paths, ModelSettings settings) {
        List<BehaviourModel> models = new ArrayList<>();
        Map<String, Path> known = new HashMap<>();
        for (Path file : InputFiles.of(paths, List.of(".kgmodel"),
                "has no .kgmodel file; kubeguardian models train writes them")) {
            BehaviourModel model = ModelFile.read(file);
            try {
                ModelUpdates.check(model, settings);
            } catch (ModelException e) {
                throw new UserError(file + ": is no model that a job of this configuration would take: "
                        + Texts.line(e.getMessage()), e);
            }
            Path other = known.put(Keys.activeModel(model.getName(), model.getWorkload()), file);
            if (other != null) {
                throw new UserError(other + " and " + file + " are both model " + Texts.line(model.getName()) + " of "
                        + (model.getWorkload().isEmpty() ? "every workload" : Texts.line(model.getWorkload()))
                        + "; a replay takes one of them");
            }
            models.add(model);
        }
        if (models.size() > settings.modelLimit()) {
            throw new UserError("--models gives " + models.size() + " models, more than models.modelLimit, which is "
                    + settings.modelLimit());
        }
        return models;
    }
}
