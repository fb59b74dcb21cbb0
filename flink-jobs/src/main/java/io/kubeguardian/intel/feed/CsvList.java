package io.kubeguardian.intel.feed;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A CSV list (RFC 4180): columns by the names in its header, or by their numbers when it has none. */
final class CsvList {
    private static final int LONGEST_FIELD = 64 << 10;

    private static final CsvMapper CSV = CsvMapper.builder(CsvFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(LONGEST_FIELD).build()).build())
            .enable(CsvParser.Feature.WRAP_AS_ARRAY)
            .enable(CsvParser.Feature.TRIM_SPACES)
            .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
            .build();

    private CsvList() {}

    static void read(InputStream input, FeedContents contents) throws FeedException, IOException {
        Map<String, String> columns = contents.settings().columns();
        boolean named = columns.values().stream().anyMatch(column -> !column.matches("[0-9]{1,4}"));
        CsvSchema schema = CsvSchema.emptySchema()
                .withColumnSeparator(contents.settings().separator().charAt(0)).withComments();
        Map<String, Integer> places = named ? null : numbers(columns);
        try (MappingIterator<String[]> rows = CSV.readerFor(String[].class).with(schema).readValues(input)) {
            while (rows.hasNextValue()) {
                long line = rows.getCurrentLocation() == null ? 0 : rows.getCurrentLocation().getLineNr();
                String[] row = rows.nextValue();
                if (places == null) {
                    places = names(columns, row);
                } else {
                    row(row, places, "line " + line, contents);
                }
            }
        }
    }

    private static Map<String, Integer> numbers(Map<String, String> columns) {
        Map<String, Integer> places = new HashMap<>();
        columns.forEach((fact, number) -> places.put(fact, Integer.parseInt(number) - 1));
        return places;
    }

    private static Map<String, Integer> names(Map<String, String> columns, String[] header) throws FeedException {
        List<String> names = Arrays.stream(header).map(name -> name.replace("\ufeff", "").replaceFirst("^#\\s*", "").strip())
                .toList();
        Map<String, Integer> places = new HashMap<>();
        for (Map.Entry<String, String> column : columns.entrySet()) {
            int place = names.indexOf(column.getValue());
            if (place < 0) {
                throw new FeedException("no column " + column.getValue() + "; there are "
                        + FeedContents.shown(String.join(", ", names)));
            }
            places.put(column.getKey(), place);
        }
        return places;
    }

    private static void row(String[] row, Map<String, Integer> places, String where, FeedContents contents)
            throws FeedException {
        String value = cell(row, places, "value");
        if (value.isEmpty()) {
            contents.leaveOut(where, "no value");
            return;
        }
        PlainList.add(value, where, indicator -> indicator.known(Times.seconds(cell(row, places, "firstSeen")),
                Times.seconds(cell(row, places, "lastSeen")), Times.seconds(cell(row, places, "expires")),
                confidence(cell(row, places, "confidence")), cell(row, places, "label")), contents);
    }

    private static String cell(String[] row, Map<String, Integer> places, String column) {
        Integer place = places.get(column);
        return place == null || place < 0 || place >= row.length || row[place] == null ? "" : row[place].strip();
    }

    /** 0 to 100, or -1 when it is not said. */
    static int confidence(String text) {
        return text.matches("[0-9]{1,3}(\\.[0-9]+)?") ? Math.min(100, (int) Double.parseDouble(text)) : -1;
    }
}
