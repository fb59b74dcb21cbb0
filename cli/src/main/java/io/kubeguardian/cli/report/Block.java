package io.kubeguardian.cli.report;

import java.util.List;

/** A part of a report, whatever it will be written as. All texts are as they came: the writers make them harmless. */
sealed interface Block {
    /** @param level 1 to 3 */
    record Heading(int level, String text) implements Block {}

    record Paragraph(String text) implements Block {}

    record Fact(String name, String value) {}

    /** What has a name and one value each. */
    record Facts(List<Fact> facts) implements Block {}

    record Table(List<String> columns, List<List<String>> rows) implements Block {}

    /** @param depth 0: a root */
    record Branch(int depth, String text, String note) {}

    record Tree(List<Branch> branches) implements Block {}

    record Items(List<String> items) implements Block {}
}
