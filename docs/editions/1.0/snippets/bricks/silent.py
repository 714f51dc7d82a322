from flask import Flask
from shop import Order, load_order, serve

# #region app
app = Flask(__name__)


@app.get("/orders/<int:number>")
def show_order(number: int) -> Order:
    return load_order(number)
# #endregion


if __name__ == "__main__":
    serve(app)
