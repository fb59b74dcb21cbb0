package io.kubeguardian.cli.profile;

import io.kubeguardian.cli.Ansi;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.schema.ItemSource;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileCall;
import io.kubeguardian.schema.ProfileDrift;
import io.kubeguardian.schema.ProfileItem;
import io.kubeguardian.schema.ProfileRate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian profile show}: all that a baseline knows. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Shows what the baseline of a workload knows, and what drifted from it.")
final class ShowCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "WORKLOAD", description = "the workload")
    private String workload;

    @Option(names = "--image", paramLabel = "I",
            description = "digest (how it begins is enough) or name (default: the image that was seen last)")
    private String image;

    @Option(names = "--kind", paramLabel = "K", description = "only items and drifts of this kind")
    private String kind;

    @Option(names = "--format", paramLabel = "F", defaultValue = "table", description = "${COMPLETION-CANDIDATES}")
    private ProfileCommand.Format format;

    @Mixin
    private KafkaOption kafka;

    private final Ansi ansi = Ansi.detect();

    @Override
    public Integer call() throws Exception {
        Map<String, Object> client = kafka.client();
        Profile profile = KafkaOption.using(client, () -> {
            PublishedProfiles published = PublishedProfiles.read(client);
            return published.profile(published.workload(workload), image);
        });
        if (format == ProfileCommand.Format.json) {
            System.out.println(Texts.json(ProfileJson.of(profile)));
        } else {
            print(profile);
        }
        return 0;
    }

    private void print(Profile profile) {
        System.out.println("workload    " + Texts.line(Keys.workload(profile.getWorkload())));
        System.out.println("image       " + Texts.line(profile.getImageName()) + " " + Texts.line(profile.getImage()));
        System.out.println("state       " + ListCommand.state(profile) + ", learns since " + time(profile.getFirstEvent())
                + ", last new " + time(profile.getLastNew()) + ", ready since " + time(profile.getReadySince()));
        if (!profile.getInheritedFrom().isEmpty()) {
            System.out.println("began with  the profile of " + Texts.line(profile.getInheritedFrom()));
        }
        System.out.println("digest      " + profile.getDigest());
        if (!profile.getPolicyDigest().isEmpty()) {
            System.out.println("policy      " + profile.getPolicyDigest() + " of " + time(profile.getPolicyTime()));
        }
        profile.getSaturated().forEach(one ->
                System.out.println(ansi.red("saturated   ") + one + ": too many different items, not judged"));
        profile.getSketched().forEach((one, many) ->
                System.out.println("sketched    " + one + ": " + Texts.count(many, "item") + " more, known but not by name"));
        profile.getLeftOut().forEach((one, many) ->
                System.out.println("left out    " + one + ": " + Texts.count(many, "item") + " more, too many to publish"));
        System.out.printf("%n%-10s  %-9s  %9s  %-20s  %s%n", "KIND", "SOURCE", "SIGHTINGS", "LAST SEEN", "ITEM");
        for (ProfileItem item : profile.getItems()) {
            if (kind == null || kind.equals(item.getKind())) {
                String source = String.format("%-9s", item.getSource().name().toLowerCase(Locale.ROOT));
                System.out.printf("%-10s  %s  %9d  %-20s  %s%n", item.getKind(),
                        item.getSource() == ItemSource.LEARNED ? source : ansi.yellow(source), item.getSightings(),
                        time(item.getLastSeen()), Texts.line(item.getItem()) + (item.getAddresses().isEmpty() ? ""
                                : ansi.dim("  " + String.join(" ", item.getAddresses()))));
            }
        }
        if (kind == null || kind.equals("syscall")) {
            System.out.println("\n" + Texts.count(profile.getSyscalls().size(), "system call") + ": " + String.join(" ",
                    profile.getSyscalls().stream().map(ProfileCall::getName).sorted().map(Texts::line).toList()));
        }
        if (!profile.getDrifts().isEmpty()) {
            System.out.printf("%n%-10s  %-20s  %-20s  %5s  %s%n", "DRIFT", "FIRST SEEN", "LAST SEEN", "TOLD", "ITEM");
            for (ProfileDrift drift : profile.getDrifts()) {
                if (kind == null || kind.equals(drift.getKind())) {
                    System.out.printf("%-10s  %-20s  %-20s  %5d  %s%n", ansi.red(String.format("%-10s", drift.getKind())),
                            time(drift.getFirstSeen()), time(drift.getLastSeen()), drift.getTold(),
                            Texts.line(drift.getItem()) + ansi.dim("  by " + Texts.line(drift.getProgram()) + " in pod "
                                    + Texts.line(drift.getPodUid())));
                }
            }
        }
        rates(profile);
    }

    private void rates(Profile profile) {
        if (kind != null && !kind.equals("rate") || profile.getRates().isEmpty()) {
            return;
        }
        System.out.printf("%n%-12s  %-10s  %6s  %12s  %12s%n", "RATE", "HOUR (UTC)", "HOURS", "USUAL", "BOUND");
        for (ProfileRate rate : profile.getRates()) {
            System.out.printf(Locale.ROOT, "%-12s  %-10s  %6d  %,12.0f  %,12.0f%n", rate.getActivity(),
                    rate.getHour() < 0 ? "any" : String.format("%02d:00", rate.getHour()), rate.getHours(), rate.getMean(),
                    rate.getBound());
        }
    }

    /** Nanoseconds since the Unix epoch, to the second; a dash for 0. */
    static String time(long nanos) {
        return nanos == 0 ? "-"
                : Instant.ofEpochSecond(nanos / 1_000_000_000L).truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
