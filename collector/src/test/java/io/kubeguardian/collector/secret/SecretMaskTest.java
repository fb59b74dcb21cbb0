package io.kubeguardian.collector.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** None of the secrets here was ever one. Arguments are separated by " ¦ ". */
class SecretMaskTest {
    private static final String PEM = "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy";

    @ParameterizedTest
    @CsvSource(delimiter = '>', quoteCharacter = '\0', value = {
        // options
        "app ¦ --password=hunter2                        > app ¦ --password=***",
        "app ¦ --password=two words & more               > app ¦ --password=***",
        "app ¦ --password ¦ hunter2                      > app ¦ --password ¦ ***",
        "app ¦ --password ¦ two words                    > app ¦ --password ¦ ***",
        "app ¦ --db-password=x1 ¦ --db-user=y1           > app ¦ --db-password=*** ¦ --db-user=y1",
        "app ¦ --dbPassword=x1                           > app ¦ --dbPassword=***",
        "app ¦ -password ¦ x1                            > app ¦ -password ¦ ***",
        "java ¦ -Dspring.datasource.password=x1 ¦ -jar   > java ¦ -Dspring.datasource.password=*** ¦ -jar",
        "app ¦ --token ¦ abc ¦ --verbose                 > app ¦ --token ¦ *** ¦ --verbose",
        "app ¦ --api-key=abc                             > app ¦ --api-key=***",
        "app ¦ --apiKey ¦ abc                            > app ¦ --apiKey ¦ ***",
        "app ¦ --client-secret=abc                       > app ¦ --client-secret=***",
        "app ¦ --passphrase ¦ abc                        > app ¦ --passphrase ¦ ***",
        "app ¦ --password1=abc                           > app ¦ --password1=***",
        "app ¦ --password-prod=abc                       > app ¦ --password-prod=***",
        "app ¦ --private-key=c2VjcmV0IGtleQ              > app ¦ --private-key=***",
        "app ¦ --private-key ¦ c2VjcmV0IGtleQ           > app ¦ --private-key ¦ ***",
        "app ¦ --key ¦ 0a1b2c3d4e5f60718293             > app ¦ --key ¦ ***",
        "app ¦ --key=0a1b2c3d4e5f60718293                > app ¦ --key=***",
        "kubectl ¦ --from-literal=password=abc           > kubectl ¦ --from-literal=password=***",
        // programs
        "mysql ¦ -uroot ¦ -phunter2 ¦ shop               > mysql ¦ -uroot ¦ -p*** ¦ shop",
        "/usr/bin/mysqldump ¦ -phunter2                  > /usr/bin/mysqldump ¦ -p***",
        "sudo ¦ mysql ¦ -phunter2                        > sudo ¦ mysql ¦ -p***",
        "sshpass ¦ -p ¦ hunter2 ¦ ssh ¦ host             > sshpass ¦ -p ¦ *** ¦ ssh ¦ host",
        "sshpass ¦ -phunter2 ¦ ssh                       > sshpass ¦ -p*** ¦ ssh",
        "redis-cli ¦ -a ¦ hunter2 ¦ ping                 > redis-cli ¦ -a ¦ *** ¦ ping",
        "curl ¦ -u ¦ me:hunter2 ¦ http://h               > curl ¦ -u ¦ me:*** ¦ http://h",
        "curl ¦ -ume:hunter2                             > curl ¦ -ume:***",
        "curl ¦ --user ¦ me:hunter2                      > curl ¦ --user ¦ me:***",
        "docker ¦ login ¦ -u ¦ me ¦ -p ¦ hunter2         > docker ¦ login ¦ -u ¦ me ¦ -p ¦ ***",
        "ldapsearch ¦ -D ¦ cn=a ¦ -w ¦ hunter2           > ldapsearch ¦ -D ¦ cn=a ¦ -w ¦ ***",
        "smbclient ¦ -U ¦ me%hunter2                     > smbclient ¦ -U ¦ me%***",
        "zip ¦ -P ¦ hunter2 ¦ a.zip                      > zip ¦ -P ¦ *** ¦ a.zip",
        "openssl ¦ rsa ¦ -passin ¦ pass:hunter2          > openssl ¦ rsa ¦ -passin ¦ pass:***",
        // variables
        "env ¦ DB_PASS=x1 ¦ app                          > env ¦ DB_PASS=*** ¦ app",
        "env ¦ MY_TOKEN=two words ¦ app                  > env ¦ MY_TOKEN=*** ¦ app",
        "env ¦ AWS_SECRET_ACCESS_KEY=a/b+c ¦ app         > env ¦ AWS_SECRET_ACCESS_KEY=*** ¦ app",
        "env ¦ PGPASSWORD=x1 ¦ psql                      > env ¦ PGPASSWORD=*** ¦ psql",
        // headers
        "curl ¦ -H ¦ Authorization: Bearer abc           > curl ¦ -H ¦ Authorization: Bearer ***",
        "curl ¦ -H ¦ Authorization: Basic dXNlcjpwYXNz   > curl ¦ -H ¦ Authorization: Basic ***",
        "curl ¦ -H ¦ authorization:abc                   > curl ¦ -H ¦ authorization:***",
        "curl ¦ -H ¦ X-Api-Key:abc                       > curl ¦ -H ¦ X-Api-Key:***",
        "curl ¦ -H ¦ PRIVATE-TOKEN: abc                  > curl ¦ -H ¦ PRIVATE-TOKEN: ***",
        "curl ¦ -H ¦ Cookie: a=b; c=d                    > curl ¦ -H ¦ Cookie: ***",
        "wget ¦ --header=Authorization: token abc        > wget ¦ --header=Authorization: token ***",
        "app ¦ got Bearer abcdef0123456789 from x        > app ¦ got Bearer *** from x",
        // URLs
        "git ¦ clone ¦ https://me:hunter2@host/r         > git ¦ clone ¦ https://me:***@host/r",
        "psql ¦ postgres://me:p@ss@db:5432/x             > psql ¦ postgres://me:***@db:5432/x",
        "redis-cli ¦ -u ¦ redis://:hunter2@host:6379     > redis-cli ¦ -u ¦ redis://:***@host:6379",
        "curl ¦ https://h/?token=abc&user=me             > curl ¦ https://h/?token=***&user=me",
        "curl ¦ https://h/?a=1&sig=abc%2B&b=2            > curl ¦ https://h/?a=1&sig=***&b=2",
        "curl ¦ https://h/?X-Amz-Signature=abcd          > curl ¦ https://h/?X-Amz-Signature=***",
        "curl ¦ https://hooks.slack.com/services/T0/B0/x > curl ¦ https://hooks.slack.com/services/***",
        // JSON, YAML, connection strings
        "curl ¦ -d ¦ {\"user\":\"me\",\"password\":\"a,b\"} > curl ¦ -d ¦ {\"user\":\"me\",\"password\":\"***\"}",
        "app ¦ {\\\"password\\\": \\\"ab\\\"}             > app ¦ {\\\"password\\\": \\\"***\\\"}",
        "app ¦ {\"n\":1,\"apiKey\": 12345}                 > app ¦ {\"n\":1,\"apiKey\": ***",
        "app ¦ user: me, password: abc                   > app ¦ user: me, password: ***",
        "app ¦ Server=db;Password=abc;Port=1             > app ¦ Server=db;Password=***;Port=1",
        "mount ¦ -o ¦ username=me,password=abc           > mount ¦ -o ¦ username=me,password=***",
        // scripts
        "sh ¦ -c ¦ mysql -uroot -phunter2 shop           > sh ¦ -c ¦ mysql -uroot -p*** shop",
        "sh ¦ -c ¦ mysql -p'a b' shop                    > sh ¦ -c ¦ mysql -p'***' shop",
        "sh ¦ -c ¦ PASSWORD=abc ./run --fast             > sh ¦ -c ¦ PASSWORD=*** ./run --fast",
        "bash ¦ -lc ¦ app --password 'a b' --x           > bash ¦ -lc ¦ app --password '***' --x",
        "sh ¦ -c ¦ export TOKEN='a b'; curl h            > sh ¦ -c ¦ export TOKEN='***'; curl h",
        "sh ¦ -c ¦ curl -u me:abc http://h && sshpass -p x1 ssh h > sh ¦ -c ¦ curl -u me:*** http://h && sshpass -p *** ssh h",
        "sh ¦ -c ¦ curl -H \"Authorization: Bearer $T\" -H 'X-Auth-Token: abc' h > sh ¦ -c ¦ curl -H \"Authorization: Bearer ***\" -H 'X-Auth-Token: ***' h",
        "python3 ¦ -c ¦ connect(password=\"abc\", x=1)     > python3 ¦ -c ¦ connect(password=\"***\", x=1)",
    })
    void secretsAreMaskedAndTheirNamesKept(String given, String shown) {
        List<String> args = split(given);

        boolean masked = SecretMask.arguments(args);

        assertThat(String.join(" ¦ ", args)).isEqualTo(shown);
        assertThat(masked).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE",
        "ghp_0123456789abcdefghijABCDEFGHIJ012345", "ghs_0123456789abcdefghijABCDEFGHIJ012345",
        "github_pat_11AAAAAAA0abcdefghijkl_mnopqrstuvwxyz", "glpat-0123456789abcdef-_AB",
        "xoxb-0123456789-abcdefghij", "xapp-1-A0123456789-abc",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        "AIza0123456789abcdefghijklmnopqrstuvwxy", "npm_0123456789abcdefghijklmnopqrstuvwxyz",
        "hvs.CAESIJ0123456789abcdef", "sk-ant-0123456789abcdefghijklmnopqrstuvwxyz0123"})
    void tokensAreKnownByTheirFormWhereverTheyStand(String token) {
        List<String> args = new ArrayList<>(List.of("app", token, "x=" + token + ";y", "see \"" + token + "\", then",
                "https://" + token + "@host/p"));

        boolean masked = SecretMask.arguments(args);

        assertThat(args).containsExactly("app", "***", "x=***;y", "see \"***\", then", "https://***@host/p");
        assertThat(masked).isTrue();
    }

    @Test
    void aPrivateKeyIsMaskedBetweenItsLines() {
        List<String> args = new ArrayList<>(List.of("app", "-----BEGIN RSA PRIVATE KEY-----\n" + PEM
                + "\n-----END RSA PRIVATE KEY-----\n", "x -----BEGIN PRIVATE KEY-----" + PEM));

        SecretMask.arguments(args);

        assertThat(args).containsExactly("app", "-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----\n",
                "x -----BEGIN PRIVATE KEY-----***");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        // names that go on, or are part of a word
        "app ¦ --password-file=/run/secrets/pw", "app ¦ --password-file ¦ /run/secrets/pw",
        "app ¦ --password-stdin ¦ user", "app ¦ --token-ttl=3600", "app ¦ --max-tokens=4096",
        "app ¦ --passwordPolicy=strict", "app ¦ --passive=yes ¦ --compass ¦ north", "app ¦ --tokenizer ¦ bpe",
        "app ¦ --secret-name=db ¦ --secret-id ¦ 7", "app ¦ --bypass=all", "app ¦ --image-pull-secret=registry",
        "app ¦ SECRET_NAME=db", "env ¦ PWD=/srv/app ¦ OLDPWD=/srv", "app ¦ AWS_ACCESS_KEY_ID_FILE=/x",
        // paths
        "cat ¦ /etc/pass/list ¦ ./password ¦ /run/secrets/token", "vim ¦ password.txt", "ls ¦ secret/",
        "app ¦ --private-key=/etc/ssl/key.pem", "app ¦ --private-key ¦ key.pem", "app ¦ --key ¦ name", "app ¦ --ssh-key ¦ ~/.ssh/id_ed25519", "ssh ¦ -i ¦ key.pem",
        "app ¦ --credentials=./gcp.json", "app ¦ --key=/etc/tls/server.key", "app ¦ --sort-key=created_at",
        // switches and references
        "app ¦ --password ¦ --user ¦ me", "app ¦ --no-password ¦ db", "app ¦ --password=false", "app ¦ --show-token ¦ x",
        "app ¦ --password=", "app ¦ --password", "app ¦ --token=$(TOKEN)", "app ¦ --token=${TOKEN}", "app ¦ --pass=1",
        "sh ¦ -c ¦ mysql -p$PASSWORD", "sh ¦ -c ¦ app --password $PW --token=\"$T\"", "sh ¦ -c ¦ curl https://me:$PW@host", "sh ¦ -c ¦ curl -u me:$PW h",
        "docker ¦ build ¦ --secret ¦ id=npm,src=.npmrc", "app ¦ --auth=required ¦ --auth ¦ basic",
        // other programs' options, options without a value
        "mysql ¦ -p ¦ shop", "docker ¦ run ¦ -p ¦ 8080:80 ¦ nginx", "mkdir ¦ -p ¦ /srv/app", "ssh ¦ -p ¦ 2222 ¦ host",
        "curl ¦ -u ¦ me ¦ http://h", "ls ¦ -a ¦ -w ¦ 80", "cp ¦ -p ¦ a ¦ b",
        // text
        "git ¦ commit ¦ -m ¦ token: fix the parser", "echo ¦ the bearer of news", "echo ¦ forgot my password again",
        "grep ¦ password ¦ file", "kubectl ¦ create ¦ secret ¦ generic ¦ db", "docker ¦ pull ¦ registry/token:latest",
        "sh ¦ -c ¦ if [ \"$token\" == \"abc\" ]; then exit; fi", "app ¦ https://host:8080/a@b", "app ¦ http://[::1]:80/",
        "git ¦ clone ¦ git@host:r.git", "git ¦ clone ¦ ssh://git@host/r", "scp ¦ me@host:/x ¦ .",
        // nearly tokens
        "app ¦ AKIAIOSFODNN7EXAMPL", "app ¦ AKIAIOSFODNN7EXAMPLES", "app ¦ ghp_short", "app ¦ eyJhbGciOiJIUzI1NiJ9",
        "app ¦ sk-learn", "app ¦ xoxb-1", "app ¦ -----BEGIN CERTIFICATE-----\nMIIB", "app ¦ -----BEGIN PUBLIC KEY-----\nMIIB",
        "", "app", "app ¦ ", "app ¦ =", "app ¦ :// ¦ :@ ¦ -- ¦ - ¦ =x ¦ \"\":",
    })
    void whatIsNoSecretStays(String given) {
        List<String> args = split(given);

        boolean masked = SecretMask.arguments(args);

        assertThat(String.join(" ¦ ", args)).isEqualTo(given);
        assertThat(masked).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', quoteCharacter = '\0', value = {
        "DB_PASSWORD=two words;and > DB_PASSWORD=***",
        "URL=postgres://me:pw@db/x > URL=postgres://me:***@db/x",
        "LD_PRELOAD=/tmp/x.so > LD_PRELOAD=/tmp/x.so",
        "TOKEN= > TOKEN=",
        "NONSENSE > NONSENSE",
    })
    void valuesOfVariablesAreMasked(String given, String shown) {
        List<String> variables = new ArrayList<>(List.of(given.strip()));

        boolean masked = SecretMask.variables(variables);

        assertThat(variables).containsExactly(shown);
        assertThat(masked).isEqualTo(!shown.equals(given.strip()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', quoteCharacter = '\0', value = {
        "username=me,password=two words;and,uid=1 > username=me,password=***,uid=1",
        "password=a,,b,c=d > password=***,c=d",
        "rw,pass=x1 > rw,pass=***",
        "name=admin,secret=AQBxyz==,fsid=1 > name=admin,secret=***,fsid=1",
        "rw,credentials=/etc/smb.cred,secretfile=/etc/ceph/key > rw,credentials=/etc/smb.cred,secretfile=/etc/ceph/key",
        "lowerdir=/a:/b,upperdir=/c,workdir=/d > lowerdir=/a:/b,upperdir=/c,workdir=/d",
        ",,, > ,,,",
    })
    void valuesOfMountOptionsAreMasked(String given, String shown) {
        assertThat(SecretMask.mountOptions(given.strip())).isEqualTo(shown.strip());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', quoteCharacter = '\0', value = {
        "password > hunter2 > ***",
        "source > //host/share > //host/share",
        "source > https://me:hunter2@host/dav > https://me:***@host/dav",
        "size > 64k > 64k",
    })
    void aNamedValueIsMasked(String name, String given, String shown) {
        assertThat(SecretMask.value(name.strip(), given.strip())).isEqualTo(shown.strip());
    }

    private static List<String> split(String args) {
        return new ArrayList<>(List.of(args.split(" ¦ ", -1)));
    }
}
