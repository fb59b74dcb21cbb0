package io.kubeguardian.cli.report;

import io.kubeguardian.cli.Texts;
import java.util.List;

/**
 * A report as one HTML page that needs nothing else: no script, no font, no picture, and by its content security policy
 * it would load none. Every text is escaped, for element content and for attributes alike.
 */
final class HtmlWriter {
    private static final String STYLE = """
            :root{color-scheme:light dark;--line:#8884;--soft:#8881;--accent:#b3261e}
            body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
            h1{border-bottom:3px solid var(--accent);padding-bottom:.3rem}
            h2{margin-top:2rem;border-bottom:1px solid var(--line)}
            table{border-collapse:collapse;width:100%;display:block;overflow-x:auto}
            th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--line)}
            th{background:var(--soft)}
            td,dd,li{overflow-wrap:anywhere}
            dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}
            dt{font-weight:600}dd{margin:0}
            .tree{font-family:ui-monospace,monospace;font-size:13px;list-style:none;padding:0}
            .tree li{padding-left:calc(var(--d)*1.5rem)}
            .note{color:var(--accent);font-weight:600}
            @media print{body{max-width:none;margin:0}}
            """;

    private final StringBuilder out = new StringBuilder();

    private HtmlWriter() {}

    static String write(String title, List<Block> blocks) {
        HtmlWriter writer = new HtmlWriter();
        blocks.forEach(writer::block);
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                + "<title>" + text(title) + "</title>\n<style>\n" + STYLE + "</style></head>\n<body>\n"
                + writer.out + "</body></html>\n";
    }

    private void block(Block block) {
        switch (block) {
            case Block.Heading heading -> element("h" + heading.level(), heading.text());
            case Block.Paragraph paragraph -> element("p", paragraph.text());
            case Block.Facts facts -> {
                out.append("<dl>");
                facts.facts().forEach(fact -> {
                    element("dt", fact.name());
                    element("dd", fact.value());
                });
                out.append("</dl>\n");
            }
            case Block.Table table -> table(table);
            case Block.Tree tree -> {
                out.append("<ul class=\"tree\">");
                tree.branches().forEach(branch -> out.append("<li style=\"--d:").append(branch.depth()).append("\">")
                        .append(text(branch.text())).append(branch.note().isEmpty() ? ""
                                : " <span class=\"note\">" + text(branch.note()) + "</span>").append("</li>\n"));
                out.append("</ul>\n");
            }
            case Block.Items items -> {
                out.append("<ul>");
                items.items().forEach(item -> element("li", item));
                out.append("</ul>\n");
            }
        }
    }

    private void table(Block.Table table) {
        out.append("<table><thead><tr>");
        table.columns().forEach(column -> element("th", column));
        out.append("</tr></thead><tbody>\n");
        for (List<String> row : table.rows()) {
            out.append("<tr>");
            row.forEach(cell -> element("td", cell));
            out.append("</tr>\n");
        }
        out.append("</tbody></table>\n");
    }

    private void element(String name, String text) {
        out.append('<').append(name).append('>').append(text(text)).append("</").append(name).append(">\n");
    }

    static String text(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        Texts.line(text).codePoints().forEach(c -> {
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? '?' : c);
            }
        });
        return safe.toString();
    }
}
