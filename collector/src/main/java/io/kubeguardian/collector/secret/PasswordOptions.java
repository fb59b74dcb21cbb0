package io.kubeguardian.collector.secret;

import io.kubeguardian.collector.secret.SecretNames.Kind;
import java.util.HashMap;
import java.util.Map;

/**
 * The one-letter options by which some programs take a password.
 *
 * @param glued those whose value is part of the argument ({@code -pVALUE}); alone they mean something else
 * @param separate those whose value is the next argument, or part of the same
 * @param user likewise, where the value is a user and a password
 * @param separator between the two
 * @param subcommand word after which they mean that; empty: from the start
 */
record PasswordOptions(String glued, String separate, String user, char separator, String subcommand) {
    static final PasswordOptions NONE = new PasswordOptions("", "", "", ':', "");

    private static final Map<String, PasswordOptions> BY_PROGRAM = new HashMap<>();

    static {
        glued("p", "mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlcheck", "mysqlshow", "mysqlbinlog",
                "mysqlslap", "mysqlsh", "mariadb", "mariadb-dump", "mariadb-admin", "mariadb-import", "mariadb-check",
                "7z", "7za", "7zr", "rar", "unrar");
        separate("p", "sshpass", "mongo", "mongosh", "mongodump", "mongorestore", "mongoexport", "mongoimport",
                "cqlsh", "useradd", "usermod");
        separate("P", "sqlcmd", "bcp", "zip", "unzip", "zipcloak", "mosquitto_pub", "mosquitto_sub", "ipmitool");
        separate("a", "redis-cli", "valkey-cli");
        separate("w", "ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldapwhoami", "ldappasswd", "ldapcompare");
        put(new PasswordOptions("", "p", "", ':', "login"), "docker", "podman", "nerdctl", "buildah", "skopeo", "helm",
                "oras", "crane", "oc", "az");
        put(new PasswordOptions("", "", "uU", ':', ""), "curl");
        put(new PasswordOptions("", "", "a", ':', ""), "http", "https");
        put(new PasswordOptions("", "", "U", '%', ""), "smbclient", "rpcclient", "smbget", "net");
        put(new PasswordOptions("", "", "u", ',', ""), "lftp");
    }

    private static void glued(String letters, String... programs) {
        put(new PasswordOptions(letters, "", "", ':', ""), programs);
    }

    private static void separate(String letters, String... programs) {
        put(new PasswordOptions("", letters, "", ':', ""), programs);
    }

    private static void put(PasswordOptions options, String... programs) {
        for (String program : programs) {
            BY_PROGRAM.put(program, options);
        }
    }

    /** @param program without its folder */
    static PasswordOptions of(String program) {
        return BY_PROGRAM.getOrDefault(program, NONE);
    }

    /** As they are after this word: another program's, or the subcommand's. */
    PasswordOptions after(String word) {
        if (!subcommand.isEmpty() && word.equals(subcommand)) {
            return new PasswordOptions(glued, separate, user, separator, "");
        }
        return this == NONE ? of(word.substring(word.lastIndexOf('/') + 1)) : this;
    }

    /** The option with its glued value masked; null when it is none of these. */
    String glued(String option) {
        if (!inForce(option) || option.length() < 3) {
            return null;
        }
        char letter = option.charAt(1);
        if (glued.indexOf(letter) >= 0 || separate.indexOf(letter) >= 0) {
            return option.substring(0, 2) + Kind.SECRET.value(option.substring(2));
        }
        return user.indexOf(letter) >= 0 ? option.substring(0, 2) + afterUser(option.substring(2)) : null;
    }

    /** Whether the option at this place is one that can have its value glued to it. */
    boolean takesValue(String text, int start) {
        if (start + 1 >= text.length()) {
            return false;
        }
        char letter = text.charAt(start + 1);
        return this != NONE && subcommand.isEmpty()
                && (glued.indexOf(letter) >= 0 || separate.indexOf(letter) >= 0 || user.indexOf(letter) >= 0);
    }

    boolean secretFollows(String option) {
        return inForce(option) && option.length() == 2 && separate.indexOf(option.charAt(1)) >= 0;
    }

    boolean userFollows(String option) {
        return inForce(option) && option.length() == 2 && user.indexOf(option.charAt(1)) >= 0
                || !user.isEmpty() && (option.equals("--user") || option.equals("--proxy-user") || option.equals("--auth"));
    }

    private boolean inForce(String option) {
        return this != NONE && subcommand.isEmpty() && option.length() >= 2 && option.charAt(0) == '-'
                && option.charAt(1) != '-';
    }

    /** A user and a password, the password masked. */
    String afterUser(String value) {
        int at = value.indexOf(separator);
        return at < 0 ? value : value.substring(0, at + 1) + Kind.SECRET.value(value.substring(at + 1));
    }
}
