package io.kubeguardian.intel.feed;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;

/** Reads feeds of every format. */
public final class FeedParser {
    private FeedParser() {}

    /**
     * Adds what a file has to the contents. What is no indicator is left out and counted; a file that is not of its
     * format, or more than the settings allow, is refused whole.
     *
     * @param name what errors call it
     * @throws FeedException with file, line, column and reason
     * @throws IOException when it cannot be read
     */
    public static void read(InputStream input, String name, FeedContents contents) throws FeedException, IOException {
        try {
            switch (contents.settings().format()) {
                case PLAIN -> PlainList.read(input, contents);
                case CSV -> CsvList.read(input, contents);
                case STIX -> StixBundle.read(input, contents);
                case MISP -> MispEvents.read(input, contents);
                default -> throw new IllegalStateException("no such format");
            }
        } catch (JsonProcessingException e) { // Jackson's word for a wrong CSV, too
            String message = e.getOriginalMessage();
            int end = message.indexOf('\n');
            JsonLocation at = e.getLocation();
            // With the column: a whole bundle is often one line.
            throw new FeedException(name + (at == null ? "" : ":" + at.getLineNr() + ':' + at.getColumnNr()) + ": not "
                    + contents.settings().format() + ": "
                    + FeedContents.shown(end < 0 ? message : message.substring(0, end)), e);
        } catch (FeedException e) {
            throw new FeedException(name + ": " + e.getMessage(), e);
        }
    }
}
