package io.kubeguardian.cli.profile;

import io.kubeguardian.baseline.ItemKind;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.schema.AcceptedItem;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.ProfileDrift;
import io.kubeguardian.schema.ProfilePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian profile accept}: something outside the baseline is fine. */
@Command(
        name = "accept",
        mixinStandardHelpOptions = true,
        description = {
            "Takes items into a workload's baseline, those of its images to come included: they are no drift any more.",
            "Patterns are taken as they stand: file \"read /srv/data/*\", connect 10.0.7.0/24:5432, dns \"*.example.com\"."
        })
final class AcceptCommand implements Callable<Integer> {
    private static final int MOST = 2000;
    private static final int MAX_ITEM = 1024;

    @Parameters(index = "0", paramLabel = "WORKLOAD", description = "the workload")
    private String workload;

    @Parameters(index = "1", paramLabel = "KIND", arity = "0..1",
            description = "exec, parent, args, file, connect, listen, dns, user, capability or syscall")
    private String kind;

    @Parameters(index = "2..*", paramLabel = "ITEM", arity = "0..*", description = "as the drift names it")
    private List<String> items = new ArrayList<>();

    @Option(names = "--all-drifts", description = "all drifts that `kubeguardian profile show` lists now; with KIND of that kind")
    private boolean all;

    @Option(names = "--remove", description = "take accepted items back")
    private boolean remove;

    @Mixin
    private ChangeOptions options;

    @Override
    public Integer call() throws Exception {
        if (kind != null && (ItemKind.of(kind) == null || ItemKind.of(kind) == ItemKind.RATE)) {
            throw new UserError("profile accept: there is no kind " + kind
                    + "; known: exec, parent, args, file, connect, listen, dns, user, capability, syscall");
        }
        if (all ? !items.isEmpty() || remove : kind == null || items.isEmpty()) {
            throw new UserError("profile accept: expected KIND and ITEM, or --all-drifts");
        }
        for (String item : items) {
            if (item.isBlank() || item.length() > MAX_ITEM || item.chars().anyMatch(Character::isISOControl)) {
                throw new UserError("profile accept: an item has 1 to " + MAX_ITEM + " characters and no control characters");
            }
        }
        String subject = all ? "all drifts" + (kind == null ? "" : " of kind " + kind) : kind + ' ' + String.join(", ", items);
        return options.apply(workload, remove ? "unaccept" : "accept",
                subject.length() > MAX_ITEM ? subject.substring(0, MAX_ITEM) + '…' : subject, this::next);
    }

    private ProfilePolicy.Builder next(ProfilePolicy before, PublishedProfiles published, long now) {
        List<AcceptedItem> accepted = new ArrayList<>(before.getAccepted());
        Word word = options.word();
        for (String item : items) {
            boolean known = accepted.removeIf(a -> a.getKind().equals(kind) && a.getItem().equals(item));
            if (remove && !known) {
                throw new UserError("profile accept --remove: " + kind + ' ' + item + " was never accepted");
            }
            if (!remove) {
                accepted.add(new AcceptedItem(kind, item, word.by(), word.reason(), now));
            }
        }
        if (all) {
            drifts(before, published).forEach(drift -> {
                accepted.removeIf(a -> a.getKind().equals(drift.getKind()) && a.getItem().equals(drift.getItem()));
                accepted.add(new AcceptedItem(drift.getKind(), drift.getItem(), word.by(), word.reason(), now));
            });
        }
        if (accepted.size() > MOST) {
            throw new UserError("profile accept: at most " + MOST + " items of a workload can be accepted one by one;"
                    + " use patterns, or reset the baseline and let it learn");
        }
        return ProfilePolicy.newBuilder(before).setAccepted(accepted);
    }

    private List<ProfileDrift> drifts(ProfilePolicy before, PublishedProfiles published) {
        List<ProfileDrift> drifts = published.of(Keys.workload(before.getWorkload())).stream()
                .flatMap(profile -> profile.getDrifts().stream())
                .filter(drift -> kind == null || drift.getKind().equals(kind))
                .toList();
        if (drifts.isEmpty()) {
            throw new UserError("profile accept: there is no drift to accept");
        }
        return drifts;
    }
}
