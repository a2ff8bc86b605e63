package io.github.resiliencestarter.sample.confirmations;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;

import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.stereotype.Component;

import io.github.resiliencestarter.outbox.OutboxHandler;
import io.github.resiliencestarter.outbox.OutboxMessage;
import io.github.resiliencestarter.sample.orders.Order;
import io.github.resiliencestarter.sample.orders.OrderPaid;
import io.github.resiliencestarter.sample.orders.OrderStatus;
import io.github.resiliencestarter.sample.orders.Orders;

/**
 * Confirms paid orders by e-mail. SMTP knows no idempotency key: an instance that dies
 * between the mail server's answer and the commit leaves a second e-mail to be sent,
 * which has the first one's {@code Message-ID}.
 */
@Component
public class ConfirmationHandler {

	private final JavaMailSender sender;

	private final Orders orders;

	ConfirmationHandler(JavaMailSender sender, Orders orders) {
		this.sender = sender;
		this.orders = orders;
	}

	@OutboxHandler("confirmation")
	public void confirm(OrderPaid paid, OutboxMessage message) throws MessagingException {
		Order order = this.orders.find(paid.orderId()).orElseThrow();
		if (order.status() == OrderStatus.PAID) {
			send(order, "<" + message.id() + "@order-service.example>");
		}
	}

	private void send(Order order, String messageId) throws MessagingException {
		MimeMessage mail = this.sender.createMimeMessage();
		Confirmation.write(order, messageId, mail);
		this.sender.send(mail);
		this.orders.confirmed(order.id(), messageId);
	}

}
