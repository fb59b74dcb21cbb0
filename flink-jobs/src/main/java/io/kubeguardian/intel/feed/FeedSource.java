package io.kubeguardian.intel.feed;

import io.kubeguardian.config.FeedFormat;
import io.kubeguardian.config.FeedSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads a feed from where it is: a file, or a server. */
public final class FeedSource {
    /** Most events of a MISP feed. */
    private static final int MOST_EVENTS = 5_000;
    private static final int MOST_MANIFEST_BYTES = 16 << 20;
    private static final Pattern EVENT =
            Pattern.compile("\"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\"\\s*:\\s*\\{");

    /**
     * @param contents null: nothing new since the last time
     * @param etag for the next time; empty: the source has none
     */
    public record Result(FeedContents contents, String etag, String lastModified) {}

    private FeedSource() {}

    /**
     * @param etag and {@code lastModified}: of the last time; empty: everything is read
     * @throws FeedException when it cannot be fetched, or is not of its format; with the feed's name, and where it is wrong
     */
    public static Result read(FeedSettings feed, String etag, String lastModified)
            throws FeedException, InterruptedException {
        try {
            return feed.isHttp() ? http(feed, etag, lastModified) : file(feed);
        } catch (NoSuchFileException e) {
            throw new FeedException("feed " + feed.name() + ": " + e.getMessage() + ": no such file", e);
        } catch (IOException e) {
            throw new FeedException("feed " + feed.name() + ": " + shown(feed.source()) + ": " + e.getMessage(), e);
        } catch (FeedException e) {
            throw new FeedException("feed " + feed.name() + ": " + e.getMessage(), e);
        }
    }

    /** A URL without its query: there may be a key in it. A file as it is. */
    static String shown(String source) {
        int query = source.startsWith("http") ? source.indexOf('?') : -1;
        return query < 0 ? source : source.substring(0, query);
    }

    private static Result file(FeedSettings feed) throws FeedException, IOException {
        Path path = Path.of(feed.source());
        if (Files.size(path) > feed.maxBytes()) {
            throw new FeedException(path + " is larger than maxBytes, " + feed.maxBytes());
        }
        FeedContents contents = new FeedContents(feed);
        parse(path, path.toString(), contents);
        if (isManifest(feed)) {
            for (String event : events(path, path.toString())) {
                parse(path.resolveSibling(event), event, contents);
            }
        }
        return new Result(contents, "", "");
    }

    private static Result http(FeedSettings feed, String etag, String lastModified)
            throws FeedException, IOException, InterruptedException {
        Path folder = Files.createTempDirectory("kubeguardian-intel-");
        try {
            FeedFetcher fetcher = new FeedFetcher(feed);
            URI url = URI.create(feed.source());
            FeedFetcher.Fetched fetched = fetcher.fetch(url, etag, lastModified, folder);
            if (fetched.file() == null) {
                return new Result(null, etag, lastModified);
            }
            FeedContents contents = new FeedContents(feed);
            if (isManifest(feed)) {
                for (String event : events(fetched.file(), feed.source())) {
                    Path file = fetcher.fetch(url.resolve(event), "", "", folder).file();
                    parse(file, event, contents);
                    Files.delete(file);
                }
            }
            parse(fetched.file(), shown(feed.source()), contents);
            return new Result(contents, fetched.etag(), fetched.lastModified());
        } finally {
            delete(folder);
        }
    }

    /** Of a manifest there is nothing to parse: its events are. */
    private static void parse(Path file, String name, FeedContents contents) throws FeedException, IOException {
        if (isManifest(contents.settings()) && name.equals(contents.settings().source())) {
            return;
        }
        try (InputStream input = Files.newInputStream(file)) {
            FeedParser.read(input, name, contents);
        }
    }

    private static boolean isManifest(FeedSettings feed) {
        return feed.format() == FeedFormat.MISP && feed.source().endsWith("manifest.json");
    }

    /** File names of the events that a manifest names. */
    private static List<String> events(Path manifest, String name) throws FeedException, IOException {
        if (Files.size(manifest) > MOST_MANIFEST_BYTES) {
            throw new FeedException(name + ": a manifest of more than " + MOST_MANIFEST_BYTES + " bytes");
        }
        Matcher matcher = EVENT.matcher(Files.readString(manifest));
        List<String> events = matcher.results().map(found -> found.group(1) + ".json").distinct().toList();
        if (events.isEmpty()) {
            throw new FeedException(name + ": no manifest of a MISP feed: it names no event");
        }
        if (events.size() > MOST_EVENTS) {
            throw new FeedException(name + ": names " + events.size() + " events, more than " + MOST_EVENTS);
        }
        return events;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
