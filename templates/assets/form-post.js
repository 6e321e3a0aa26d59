// Takes the answer to the application without a press of the button.
document.querySelector('form.form-post').submit()
