package io.kubeguardian.webhook.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.sigstore.KeylessVerificationException;
import dev.sigstore.KeylessVerifier;
import dev.sigstore.TrustedRootProvider;
import dev.sigstore.VerificationOptions;
import dev.sigstore.VerificationOptions.CertificateMatcher;
import dev.sigstore.bundle.Bundle;
import dev.sigstore.bundle.BundleParseException;
import dev.sigstore.encryption.certificates.Certificates;
import dev.sigstore.encryption.signers.Verifiers;
import dev.sigstore.fulcio.client.FulcioVerificationException;
import dev.sigstore.fulcio.client.FulcioVerifier;
import dev.sigstore.rekor.client.HashedRekordRequest;
import dev.sigstore.rekor.client.ImmutableRekorEntry;
import dev.sigstore.rekor.client.ImmutableVerification;
import dev.sigstore.rekor.client.RekorEntry;
import dev.sigstore.rekor.client.RekorParseException;
import dev.sigstore.strings.StringMatcher;
import dev.sigstore.trustroot.SigstoreConfigurationException;
import dev.sigstore.trustroot.SigstoreTrustedRoot;
import dev.sigstore.trustroot.TransparencyLog;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ImagePolicySettings.Identity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Keyless signatures by sigstore-java, with the authorities and logs of a trusted root in a file: nothing is asked over the
 * network. Loaded only where identities are configured.
 *
 * <p>Beyond what the library checks, the certificate must have been valid when it signed, as a log or a timestamp authority
 * proves: certificates live for minutes, and their keys are not guarded afterwards.
 */
final class SigstoreKeyless implements Keyless {
    private final KeylessVerifier bundles;
    private final FulcioVerifier authorities;
    private final List<TransparencyLog> logs;

    /** @throws ConfigException when the trusted root cannot be used */
    SigstoreKeyless(Path trustedRoot) {
        try {
            SigstoreTrustedRoot root = TrustedRootProvider.from(trustedRoot).get();
            this.bundles = KeylessVerifier.builder().trustedRootProvider(() -> root).build();
            this.authorities = FulcioVerifier.newFulcioVerifier(root);
            this.logs = root.getTLogs();
        } catch (SigstoreConfigurationException | GeneralSecurityException | RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ConfigException("images.trustedRoot: " + trustedRoot + " is no trusted root of Sigstore: "
                    + cause.getMessage(), e);
        }
    }

    /** @throws ConfigException when an identity's expression is none */
    static void check(Identity identity) {
        for (String regex : List.of(identity.issuerRegex(), identity.subjectRegex())) {
            try {
                Pattern.compile(regex);
            } catch (PatternSyntaxException e) {
                throw new ConfigException("images.policies: " + regex + " is no regular expression: " + e.getMessage(), e);
            }
        }
    }

    @Override
    public Optional<byte[]> bundle(byte[] json, Digest image, List<Identity> identities) throws UntrustedException {
        try {
            Bundle bundle = Bundle.from(new StringReader(new String(json, StandardCharsets.UTF_8)));
            bundles.verify(image.bytes(), bundle, VerificationOptions.builder()
                    .addAllCertificateMatchers(matchers(identities)).build());
            RekorEntry entry = bundle.getEntries().getFirst();
            RekorEntry.InclusionProof proof = entry.getVerification().getInclusionProof();
            if (!proof.parsedCheckpoint().getSize().equals(proof.getTreeSize())) {
                throw new UntrustedException("a bundle's proof is of another tree than its log's");
            }
            if (bundle.getTimestamps().isEmpty()) { // else the library compared each with the certificate
                String promise = entry.getVerification().getSignedEntryTimestamp();
                if (promise == null || promise.isEmpty()) {
                    throw new UntrustedException("a bundle proves no time of signing");
                }
                requireValidAt(Certificates.getLeaf(bundle.getCertPath()), entry.getIntegratedTimeInstant());
            }
            return bundle.getDsseEnvelope().map(Bundle.DsseEnvelope::getPayload);
        } catch (KeylessVerificationException | BundleParseException | RekorParseException | RuntimeException e) {
            throw new UntrustedException("a bundle is not valid: " + e.getMessage(), e);
        }
    }

    /** cosign's form of old: the certificate and the log's promise stand in annotations. cosign, specs/SIGNATURE_SPEC.md. */
    @Override
    public void signature(Evidence.Signature signature, List<Identity> identities) throws UntrustedException {
        try {
            CertPath path = path(signature.certificate() + '\n' + signature.chain());
            X509Certificate leaf = Certificates.getLeaf(path);
            authorities.verifySigningCertificate(path);
            if (matchers(identities).stream().noneMatch(matcher -> matcher.test(leaf))) {
                throw new UntrustedException("a signature's certificate is of none of the trusted identities");
            }
            if (!Verifiers.newVerifier(leaf.getPublicKey()).verify(signature.payload(), signature.signature())) {
                throw new UntrustedException("a signature is not its certificate's");
            }
            RekorEntry entry = promised(signature);
            requireValidAt(leaf, entry.getIntegratedTimeInstant());
            String expected = HashedRekordRequest.newHashedRekordRequest(Digest.of(signature.payload()).bytes(),
                    Certificates.toPemBytes(leaf), signature.signature()).toJsonPayload();
            if (!expected.equals(new String(Base64.getDecoder().decode(entry.getBody()), StandardCharsets.UTF_8))) {
                throw new UntrustedException("a signature's entry in the log is of another signature");
            }
        } catch (FulcioVerificationException | GeneralSecurityException | IOException | RuntimeException e) {
            throw new UntrustedException("a keyless signature is not valid: " + e.getMessage(), e);
        }
    }

    private RekorEntry promised(Evidence.Signature signature)
            throws UntrustedException, IOException, GeneralSecurityException {
        if (signature.logEntry().isEmpty()) {
            throw new UntrustedException("a keyless signature has no entry in a log");
        }
        JsonNode json = Json.object(signature.logEntry().getBytes(StandardCharsets.UTF_8));
        JsonNode payload = json.path("Payload");
        String promise = json.path("SignedEntryTimestamp").asText();
        RekorEntry entry = ImmutableRekorEntry.builder().body(payload.path("body").asText())
                .integratedTime(payload.path("integratedTime").asLong()).logIndex(payload.path("logIndex").asLong())
                .logID(payload.path("logID").asText())
                .verification(ImmutableVerification.builder().signedEntryTimestamp(promise).build()).build();
        TransparencyLog log = TransparencyLog.find(logs, HexFormat.of().parseHex(entry.getLogID()),
                entry.getIntegratedTimeInstant())
                .orElseThrow(() -> new UntrustedException("a keyless signature is in no log that is trusted"));
        if (!Verifiers.newVerifier(log.getPublicKey().toJavaPublicKey())
                .verify(entry.getSignableContent(), Base64.getDecoder().decode(promise))) {
            throw new UntrustedException("a keyless signature's log did not promise its entry");
        }
        return entry;
    }

    private static void requireValidAt(X509Certificate leaf, Instant time) throws UntrustedException {
        try {
            leaf.checkValidity(Date.from(time));
        } catch (CertificateException e) {
            throw new UntrustedException("a signature was made when its certificate was not valid", e);
        }
    }

    private static CertPath path(String pem) throws CertificateException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        Collection<? extends Certificate> all =
                factory.generateCertificates(new ByteArrayInputStream(pem.strip().getBytes(StandardCharsets.US_ASCII)));
        List<Certificate> below = new ArrayList<>();
        for (Certificate certificate : all) {
            X509Certificate x509 = (X509Certificate) certificate;
            // Of the authorities only the trusted root's own count; the library adds them.
            if (below.isEmpty() || x509.getBasicConstraints() < 0) {
                below.add(x509);
            }
        }
        return factory.generateCertPath(below);
    }

    private static List<CertificateMatcher> matchers(List<Identity> identities) {
        return identities.stream().map(identity -> (CertificateMatcher) CertificateMatcher.fulcio()
                .issuer(matcher(identity.issuer(), identity.issuerRegex()))
                .subjectAlternativeName(matcher(identity.subject(), identity.subjectRegex())).build()).toList();
    }

    /** RE2's expressions, whose time is linear: what they are matched against is an attacker's choice. */
    private static StringMatcher matcher(String exact, String regex) {
        if (!exact.isEmpty()) {
            return StringMatcher.string(exact);
        }
        Pattern pattern = Pattern.compile(regex);
        return new StringMatcher() {
            @Override
            public boolean test(String text) {
                return text != null && pattern.matches(text);
            }

            @Override
            public String toString() {
                return regex;
            }
        };
    }
}
