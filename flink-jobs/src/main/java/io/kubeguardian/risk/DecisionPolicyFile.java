package io.kubeguardian.risk;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.DecisionCheck;
import io.kubeguardian.schema.DecisionState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The policy as a YAML file; docs/risk.md shows one. */
final class DecisionPolicyFile {
    private static final int MOST_ENTRIES = 1_000;
    private static final long MOST_BYTES = 1 << 20;

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    /** As people write them. */
    enum Mode { ENFORCE, APPROVE, DRY_RUN }

    record File(Integer version, List<Item> entries) {}

    record Item(
            String name, Fits match, Double alertAt, Double containAt, Double quarantineAt,
            List<ContainmentAction> actions, Long seconds, Mode mode) {}

    record Fits(
            List<String> clusters, List<String> namespaces, List<String> kinds, List<String> names,
            Map<String, String> labels) {}

    private DecisionPolicyFile() {}

    /**
     * @param seconds of containments where an entry says nothing
     * @throws ConfigException in one line
     */
    static List<DecisionPolicy.Entry> read(Path file, long seconds) {
        File policy;
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new ConfigException(file + ": larger than " + MOST_BYTES + " bytes");
            }
            byte[] bytes = Files.readAllBytes(file);
            policy = bytes.length == 0 ? null : YAML.readValue(bytes, File.class);
        } catch (NoSuchFileException e) {
            throw new ConfigException(file + ": no such file", e);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String path = e instanceof JsonMappingException mapping ? mapping.getPath().stream()
                    .map(step -> step.getFieldName() == null ? Integer.toString(step.getIndex()) : step.getFieldName())
                    .collect(Collectors.joining(".", " ", ":")) : "";
            String message = e.getOriginalMessage();
            int end = message.indexOf('\n');
            throw new ConfigException(file + ":" + (at == null ? 0 : at.getLineNr()) + ":" + path + " "
                    + (end < 0 ? message : message.substring(0, end)), e);
        } catch (IOException e) {
            throw new ConfigException(file + ": " + e.getMessage(), e);
        }
        if (policy == null || policy.version() == null || policy.version() != 1) {
            throw new ConfigException(file + ": version must be 1");
        }
        if (policy.entries() == null || policy.entries().size() > MOST_ENTRIES) {
            throw new ConfigException(file + ": entries must be a list of at most " + MOST_ENTRIES);
        }
        List<DecisionPolicy.Entry> entries = new ArrayList<>();
        Set<String> names = new HashSet<>(Set.of(DecisionPolicy.CONFIGURATION));
        for (Item item : policy.entries()) {
            entries.add(entry(file, entries.size(), item, names, seconds));
        }
        return entries;
    }

    private static DecisionPolicy.Entry entry(Path file, int number, Item item, Set<String> names, long seconds) {
        String at = file + ": entries." + number;
        if (item == null || item.name() == null || item.name().isBlank() || item.name().length() > 200) {
            throw new ConfigException(at + " needs a name of at most 200 characters");
        }
        if (!names.add(item.name())) {
            throw new ConfigException(at + ": " + item.name() + " is the name of another entry");
        }
        double alert = threshold(at + ".alertAt", item.alertAt());
        double contain = threshold(at + ".containAt", item.containAt());
        double quarantine = threshold(at + ".quarantineAt", item.quarantineAt());
        if (quarantine < contain && contain != DecisionPolicy.NEVER || alert > contain && alert != DecisionPolicy.NEVER) {
            throw new ConfigException(at + ": must be alertAt <= containAt <= quarantineAt");
        }
        long lasts = item.seconds() == null ? seconds : item.seconds();
        if (lasts < 1 || lasts > DecisionCheck.LONGEST_SECONDS) {
            throw new ConfigException(at + ".seconds is " + lasts + ", must be from 1 to " + DecisionCheck.LONGEST_SECONDS);
        }
        List<ContainmentAction> actions = item.actions() == null ? DecisionPolicy.ACTIONS : item.actions();
        if (actions.isEmpty() || actions.stream().anyMatch(one -> one == null || one == ContainmentAction.NONE)) {
            throw new ConfigException(at + ".actions must name at least one of KILL_EXEC, DENY_EXEC, DENY_OPEN, "
                    + "DENY_NETWORK, FREEZE");
        }
        return new DecisionPolicy.Entry(item.name(), match(item.match()), alert, contain, quarantine,
                new ArrayList<>(actions), lasts, item.mode() == null ? DecisionState.IN_FORCE : switch (item.mode()) {
                    case ENFORCE -> DecisionState.IN_FORCE;
                    case APPROVE -> DecisionState.PENDING;
                    case DRY_RUN -> DecisionState.DRY_RUN;
                });
    }

    private static double threshold(String key, Double value) {
        if (value == null) {
            return DecisionPolicy.NEVER;
        }
        if (!(value > 0 && value <= 100)) {
            throw new ConfigException(key + " is " + value + ", must be above 0 and at most 100; leave it out for never");
        }
        return value;
    }

    private static DecisionPolicy.Match match(Fits fits) {
        return fits == null ? DecisionPolicy.Match.ALL : new DecisionPolicy.Match(list(fits.clusters()),
                list(fits.namespaces()), list(fits.kinds()), list(fits.names()),
                fits.labels() == null ? Map.of() : new HashMap<>(fits.labels()));
    }

    private static List<String> list(List<String> names) {
        return names == null ? List.of() : new ArrayList<>(names);
    }
}
