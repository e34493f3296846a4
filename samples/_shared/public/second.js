/** A second client beside this one: the same page once more, in a frame. Wide windows show it at once. */
const isFirst = self === top;
document.body.classList.toggle('framed', !isFirst);

if (isFirst) {
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'quiet small' });
  const frame = Object.assign(document.createElement('iframe'), { className: 'second', title: 'A second client' });
  const show = (isShown) => {
    document.body.classList.toggle('paired', isShown);
    if (isShown) {
      frame.src = `${location.pathname}?second`;
      document.body.append(frame);
    } else frame.remove();
    button.textContent = isShown ? 'Hide the second client' : 'Show a second client';
  };
  button.addEventListener('click', () => show(!frame.isConnected));
  document.querySelector('.head > div').append(button);
  show(matchMedia('(min-width: 72rem)').matches);
}

/** Which of the two this page is: a name for somebody who has not chosen one. */
export const suggestedName = isFirst ? 'Ada' : 'Grace';
