package io.kubeguardian.webhook;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.schema.AdmissionVerdict;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Spans of requests: one for each, under the caller's where it sends a {@code traceparent}, and one within for the decision.
 * They leave in batches on a thread of their own; what does not fit into its queue is dropped.
 */
final class Tracing implements AutoCloseable {
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final int LONGEST = 300;

    private static final TextMapGetter<ServerRequest> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(ServerRequest request) {
            return request.headers().stream().map(header -> header.headerName().lowerCase()).toList();
        }

        @Override
        public String get(ServerRequest request, String key) {
            return request == null ? null : request.headers().first(HeaderNames.create(key)).orElse(null);
        }
    };

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    private Tracing(SdkTracerProvider provider) {
        this.provider = provider;
        this.tracer = (provider == null ? TracerProvider.noop() : provider).get("io.kubeguardian.webhook");
    }

    /** No spans. */
    static Tracing off() {
        return new Tracing(null);
    }

    /**
     * @param endpoint URL that takes OTLP over HTTP; empty: none are made
     * @param ratio share of requests that are traced when the caller has not decided it
     * @param instance host name of this webhook
     * @throws ConfigException when the endpoint is no URL
     */
    static Tracing to(String endpoint, double ratio, String instance) {
        if (endpoint.isEmpty()) {
            return off();
        }
        try {
            return of(BatchSpanProcessor.builder(
                    OtlpHttpSpanExporter.builder().setEndpoint(endpoint).setTimeout(Duration.ofSeconds(5)).build()).build(),
                    ratio, instance);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("webhook.traceEndpoint: " + endpoint + ": " + e.getMessage()
                    + "; give a URL as http://collector:4318/v1/traces", e);
        }
    }

    /** As {@link #to}, with spans that go elsewhere. */
    static Tracing of(SpanProcessor processor, double ratio, String instance) {
        return new Tracing(SdkTracerProvider.builder()
                .setResource(Resource.getDefault().merge(Resource.create(Attributes.of(
                        AttributeKey.stringKey("service.name"), "kubeguardian-webhook",
                        AttributeKey.stringKey("service.instance.id"), instance))))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(ratio)))
                .addSpanProcessor(processor)
                .build());
    }

    /** The span of a request, begun; to be made current and ended by the caller. */
    Span request(ServerRequest request, String path) {
        Context parent = W3CTraceContextPropagator.getInstance().extract(Context.root(), request, HEADERS);
        return tracer.spanBuilder("POST " + path).setSpanKind(SpanKind.SERVER).setParent(parent)
                .setAttribute("http.request.method", "POST").setAttribute("url.path", path).startSpan();
    }

    /** Ends the span of a request. */
    static void end(Span span, int status) {
        span.setAttribute(STATUS, status);
        if (status >= 500) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }

    /** The work in a span of its own, under the one that is current now, on whatever thread. */
    <T> Callable<T> within(String name, Callable<T> work) {
        Context parent = Context.current();
        return () -> {
            Span span = tracer.spanBuilder(name).setParent(parent).startSpan();
            try (var current = span.makeCurrent()) {
                return work.call();
            } catch (Exception e) {
                span.setStatus(StatusCode.ERROR, Text.oneLine(String.valueOf(e.getMessage()), LONGEST));
                throw e;
            } finally {
                span.end();
            }
        };
    }

    /** Says in the current span what was asked and answered. */
    static void describe(AdmissionRequest request, Decision decision, AdmissionVerdict verdict) {
        Span span = Span.current();
        if (!span.isRecording()) {
            return;
        }
        span.setAttribute("kubeguardian.admission.uid", Text.oneLine(request.uid(), LONGEST))
                .setAttribute("kubeguardian.admission.operation", request.operation().name())
                .setAttribute("kubeguardian.admission.kind", Text.oneLine(request.kind(), LONGEST))
                .setAttribute("kubeguardian.admission.verdict", verdict.name())
                .setAttribute("kubeguardian.admission.dry_run", request.dryRun())
                .setAttribute("kubeguardian.admission.findings", decision.findings().size())
                .setAttribute(AttributeKey.stringArrayKey("kubeguardian.admission.denied_by"), List.copyOf(decision.deniedBy()))
                .setAttribute("kubeguardian.workload", Text.oneLine(decision.workload(), LONGEST))
                .setAttribute("k8s.namespace.name", Text.oneLine(request.namespace(), LONGEST));
        if (!Double.isNaN(decision.risk())) {
            span.setAttribute("kubeguardian.risk", decision.risk());
        }
    }

    /** Sends what waits, for some seconds at most. */
    @Override
    public void close() {
        if (provider != null) {
            provider.shutdown().join(3, TimeUnit.SECONDS);
        }
    }
}
