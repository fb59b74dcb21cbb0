package io.kubeguardian.config;

import java.util.Collection;

/** Finds what somebody probably meant. */
public final class Nearest {
    private static final int MAX_LENGTH = 64;

    private Nearest() {}

    /** The known name with the fewest edits to the given one; empty when none is near. */
    public static String to(String name, Collection<String> known) {
        String best = "";
        int bestDistance = Math.min(3, name.length() / 3) + 1;
        for (String candidate : known) {
            if (name.length() <= MAX_LENGTH && Math.abs(candidate.length() - name.length()) < bestDistance) {
                int distance = distance(name, candidate);
                if (distance < bestDistance) {
                    bestDistance = distance;
                    best = candidate;
                }
            }
        }
        return best;
    }

    /** "; did you mean x?", or nothing. */
    public static String hint(String name, Collection<String> known) {
        String nearest = to(name, known);
        return nearest.isEmpty() ? "" : "; did you mean " + nearest + "?";
    }

    /** Edits between two texts: insert, delete, change, swap neighbours (optimal string alignment distance). */
    private static int distance(String a, String b) {
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int change = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                edits[i][j] = Math.min(change, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
                }
            }
        }
        return edits[a.length()][b.length()];
    }
}
