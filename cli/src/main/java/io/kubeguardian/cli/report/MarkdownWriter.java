package io.kubeguardian.cli.report;

import io.kubeguardian.cli.Texts;
import java.util.List;
import java.util.stream.Collectors;

/** A report as Markdown (CommonMark, with GitHub's tables). No text of a record can become markup. */
final class MarkdownWriter {
    private static final String MARKUP = "\\`*_{}[]<>()#+|!~&";

    private final StringBuilder out = new StringBuilder();

    private MarkdownWriter() {}

    static String write(List<Block> blocks) {
        MarkdownWriter writer = new MarkdownWriter();
        blocks.forEach(writer::block);
        return writer.out.toString().strip() + '\n';
    }

    private void block(Block block) {
        switch (block) {
            case Block.Heading heading -> out.append("#".repeat(heading.level())).append(' ').append(text(heading.text()));
            case Block.Paragraph paragraph -> out.append(text(paragraph.text()));
            case Block.Facts facts -> facts.facts().forEach(fact ->
                    out.append("- **").append(text(fact.name())).append("** ").append(text(fact.value())).append('\n'));
            case Block.Table table -> table(table);
            case Block.Tree tree -> tree.branches().forEach(branch -> out.append("  ".repeat(branch.depth())).append("- ")
                    .append(text(branch.text()))
                    .append(branch.note().isEmpty() ? "" : " — **" + text(branch.note()) + "**").append('\n'));
            case Block.Items items -> items.items().forEach(item -> out.append("- ").append(text(item)).append('\n'));
        }
        out.append("\n\n");
    }

    private void table(Block.Table table) {
        row(table.columns());
        row(table.columns().stream().map(column -> "---").toList(), false);
        table.rows().forEach(this::row);
    }

    private void row(List<String> cells) {
        row(cells, true);
    }

    private void row(List<String> cells, boolean escape) {
        out.append(cells.stream().map(cell -> escape ? text(cell) : cell).collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    /** One line in which nothing means more than itself. */
    static String text(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        for (char c : Texts.line(text).toCharArray()) {
            if (MARKUP.indexOf(c) >= 0) {
                safe.append('\\');
            }
            safe.append(c);
        }
        String line = safe.toString().strip();
        // What would begin a list or a rule at the beginning of a line.
        return line.startsWith("-") || line.startsWith("=") ? '\\' + line : line;
    }
}
