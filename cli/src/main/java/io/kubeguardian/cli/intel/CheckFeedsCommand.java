package io.kubeguardian.cli.intel;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.FeedSettings;
import io.kubeguardian.intel.feed.FeedContents;
import io.kubeguardian.intel.feed.FeedException;
import io.kubeguardian.intel.feed.FeedSource;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian intel check}: reads feeds and says what is in them. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Fetches and reads feeds and says how many indicators they have, and what was left out and why.",
            "Publishes nothing. Exits 1 when something was left out, 2 when a feed cannot be used."
        })
final class CheckFeedsCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "the configuration (YAML); see docs/configuration.md")
    private Path config;

    @Parameters(paramLabel = "FEED", arity = "0..*", description = "names of feeds (default: all)")
    private List<String> names;

    @Override
    public Integer call() throws Exception {
        List<FeedSettings> feeds = IntelCommand.feeds(ConfigReader.read(config, System.getenv()), names);
        return Interrupted.onSignal(() -> {
            int code = 0;
            for (FeedSettings feed : feeds) {
                code = Math.max(code, check(feed));
            }
            return code;
        });
    }

    private static int check(FeedSettings feed) {
        try {
            FeedContents contents = FeedSource.read(feed, "", "").contents();
            System.out.println(feed.name() + ": " + Texts.count(contents.count(), "indicator") + ", " + contents.leftOut()
                    + " left out");
            contents.remarks().forEach(remark -> System.out.println("  " + Texts.line(remark)));
            if (contents.leftOut() > contents.remarks().size()) {
                System.out.println("  and " + (contents.leftOut() - contents.remarks().size()) + " more");
            }
            return contents.leftOut() > 0 ? 1 : 0;
        } catch (FeedException e) {
            System.err.println("kubeguardian: " + Texts.line(e.getMessage()));
            return 2;
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }
}
