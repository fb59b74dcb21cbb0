package io.kubeguardian.cli.replay;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.config.FeedFormat;
import io.kubeguardian.config.FeedSettings;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.intel.IntelSet;
import io.kubeguardian.intel.feed.FeedException;
import io.kubeguardian.intel.feed.FeedRefresh;
import io.kubeguardian.schema.MalformedRecordException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Threat intelligence that a replay is judged with.
 *
 * @param feeds for the report
 * @param set what is in force from the first event to the last
 */
record IntelInput(List<Feed> feeds, IntelSet set) {
    /** In place of a file: the feeds of the configuration. */
    static final String CONFIGURED = "configured";

    private static final int LONGEST_NAME = 60;

    /** A feed that was read. */
    record Feed(String name, String source, int indicators, int leftOut, String digest) {}

    /**
     * Fetches and reads; what is left out is said on stderr.
     *
     * @param lists files, one indicator a line, and {@value CONFIGURED}
     * @throws UserError when one cannot be fetched or read, or has nothing that can be used
     */
    static IntelInput read(List<String> lists, KubeGuardianConfig config) {
        List<Feed> feeds = new ArrayList<>();
        IntelSet set = IntelSet.EMPTY;
        for (FeedSettings settings : settings(lists, config)) {
            try {
                FeedRefresh.Read read = FeedRefresh.once(settings);
                read.contents().remarks().forEach(remark ->
                        System.err.println("kubeguardian: " + settings.name() + ": " + Texts.line(remark)));
                set = set.plus(read.compiled().feed(), read.compiled().chunks());
                feeds.add(new Feed(settings.name(), read.compiled().feed().getSource(),
                        read.compiled().feed().getIndicators(), read.contents().leftOut(),
                        read.compiled().feed().getDigest()));
            } catch (FeedException | MalformedRecordException e) {
                throw new UserError(Texts.line(e.getMessage()), e);
            } catch (InterruptedException e) {
                throw new Interrupted(e);
            }
        }
        return new IntelInput(feeds, set);
    }

    private static List<FeedSettings> settings(List<String> lists, KubeGuardianConfig config) {
        List<FeedSettings> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        if (lists.contains(CONFIGURED)) {
            all.addAll(config.intel().feeds());
            if (all.isEmpty()) {
                throw new UserError("replay --intel " + CONFIGURED
                        + ": the configuration has no intel.feeds; docs/threat-intelligence.md shows some");
            }
            all.forEach(feed -> names.add(feed.name()));
        }
        for (String list : lists) {
            if (!list.equals(CONFIGURED)) {
                all.add(plain(list, names));
            }
        }
        return all;
    }

    /** A list without settings of its own: it does not end, however old the events are. */
    private static FeedSettings plain(String file, Set<String> names) {
        String text = file.substring(file.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9.-]+", "-").replaceAll("^[.-]+", "");
        String base = text.substring(0, Math.min(LONGEST_NAME - 4, text.length())).replaceAll("[.-]+$", "");
        String name = base.isEmpty() ? "list" : base;
        for (int i = 2; !names.add(name); i++) {
            name = (base.isEmpty() ? "list" : base) + '-' + i;
        }
        return new FeedSettings(name, file, FeedFormat.PLAIN, null, null, null, null, 0L, null, null, null, null, null, null,
                null, null, null, null, null, null, null);
    }
}
