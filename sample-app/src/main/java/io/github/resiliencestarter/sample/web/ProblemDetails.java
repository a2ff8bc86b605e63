package io.github.resiliencestarter.sample.web;

import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;

import org.springframework.context.MessageSourceResolvable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.validation.method.MethodValidationResult;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/**
 * Tells the sender of a bad request, in sentences, what is wrong with it.
 */
@RestControllerAdvice
class ProblemDetails extends ResponseEntityExceptionHandler {

	@Override
	protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(MethodArgumentNotValidException ex,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		String detail = sentences(ex.getBindingResult().getAllErrors().stream());
		return handleExceptionInternal(ex, problem(status, detail), headers, status, request);
	}

	@Override
	protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
			HandlerMethodValidationException ex, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		MethodValidationResult result = ex;
		String detail = sentences(result.getAllErrors().stream());
		return handleExceptionInternal(ex, problem(status, detail), headers, status, request);
	}

	@Override
	protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(HttpMessageNotReadableException ex,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		return handleExceptionInternal(ex, problem(status, unreadable(ex.getCause())), headers, status, request);
	}

	@Override
	protected @Nullable ResponseEntity<Object> handleNoResourceFoundException(NoResourceFoundException ex,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		String detail = "There is nothing at /" + ex.getResourcePath() + ".";
		return handleExceptionInternal(ex, problem(status, detail), headers, status, request);
	}

	private static ProblemDetail problem(HttpStatusCode status, String detail) {
		return ProblemDetail.forStatusAndDetail(status, detail);
	}

	private static String sentences(Stream<? extends MessageSourceResolvable> errors) {
		return errors.map(MessageSourceResolvable::getDefaultMessage)
			.distinct()
			.sorted()
			.collect(Collectors.joining(" "));
	}

	private static String unreadable(@Nullable Throwable cause) {
		if (cause instanceof DatabindException mismatch && !mismatch.getPath().isEmpty()) {
			return "The value of '" + field(mismatch) + "' has the wrong type.";
		}
		return (cause instanceof JacksonException) ? "The request body is not valid JSON of the expected shape."
				: "The request body is missing.";
	}

	private static String field(DatabindException mismatch) {
		return mismatch.getPath()
			.stream()
			.map(JacksonException.Reference::getPropertyName)
			.collect(Collectors.joining("."));
	}

}
