package io.kubeguardian.cli.profile.export;

import org.yaml.snakeyaml.DumperOptions;

/** YAML as people read it. */
final class Yaml {
    private Yaml() {}

    static String of(Object tree, String comment) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setIndicatorIndent(2);
        options.setIndentWithIndicator(true);
        options.setWidth(200);
        StringBuilder out = new StringBuilder();
        comment.lines().forEach(line -> out.append("# ").append(line).append('\n'));
        return out.append(new org.yaml.snakeyaml.Yaml(options).dump(tree)).toString();
    }
}
